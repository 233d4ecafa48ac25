"""Does what was acknowledged survive, and do the servers come back where they were?"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiokafka
import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bellhop_common.errors import Misuse
from bellhop_local.stack import LocalStack


@asynccontextmanager
async def producer_of(stack: LocalStack) -> AsyncIterator[aiokafka.AIOKafkaProducer]:
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap, acks="all")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def make_topic(stack: LocalStack, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 1, 1)])
    finally:
        await admin.close()


async def first_record(stack: LocalStack, topic: str) -> aiokafka.ConsumerRecord[bytes, bytes]:
    consumer = aiokafka.AIOKafkaConsumer(topic, bootstrap_servers=stack.kafka_bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return await consumer.getone()
    finally:
        await consumer.stop()


async def run_sql(stack: LocalStack, query: str) -> object:
    connection = await asyncpg.connect(stack.postgres_dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_an_acknowledged_row_survives_a_killed_postgres(stack: LocalStack) -> None:
    await run_sql(stack, "CREATE TABLE kept (word text)")
    await run_sql(stack, "INSERT INTO kept VALUES ('still here')")
    await stack.kill_postgres()
    await stack.start_postgres()
    assert await run_sql(stack, "SELECT word FROM kept") == "still here"


async def test_an_acknowledged_record_survives_a_killed_kafka(stack: LocalStack) -> None:
    await make_topic(stack, "kept")
    async with producer_of(stack) as producer:
        await producer.send_and_wait("kept", b"still here")
    await stack.kill_kafka()
    await stack.start_kafka()
    assert (await first_record(stack, "kept")).value == b"still here"


async def test_data_ports_and_password_are_kept_from_run_to_run(tmp_path: Path) -> None:
    async with LocalStack(tmp_path) as first:
        before = first.addresses
        await run_sql(first, "CREATE TABLE kept AS SELECT 'still here' AS word")
        await make_topic(first, "kept")
        async with producer_of(first) as producer:
            await producer.send_and_wait("kept", b"still here")
    async with LocalStack(tmp_path) as second:
        assert second.addresses == before
        assert await run_sql(second, "SELECT word FROM kept") == "still here"
        assert (await first_record(second, "kept")).value == b"still here"


async def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path, stack: LocalStack) -> None:
    taken = json.loads(stack.folder.ports.read_text())
    (tmp_path / "ports.json").write_text(json.dumps(taken))
    async with LocalStack(tmp_path) as moved:
        assert moved.kafka_bootstrap != stack.kafka_bootstrap
        assert await run_sql(moved, "SELECT 1") == 1


async def test_a_folder_serves_one_stack_at_a_time(stack: LocalStack) -> None:
    with pytest.raises(Misuse, match="is in use by process"):
        await LocalStack(stack.folder.root).__aenter__()


async def test_the_superuser_makes_databases_from_a_template(stack: LocalStack) -> None:
    await run_sql(stack, "CREATE DATABASE template_for_a_test")
    await run_sql(stack, "CREATE DATABASE one_test TEMPLATE template_for_a_test")
    assert await run_sql(stack, "SELECT count(*) FROM pg_database WHERE datname = 'one_test'") == 1


async def test_a_topic_is_not_made_by_asking_for_it(stack: LocalStack) -> None:
    async with producer_of(stack) as producer:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(producer.partitions_for("never-made"), 1)
    await make_topic(stack, "never-made")


async def test_kafka_stamps_records_with_its_own_clock(stack: LocalStack) -> None:
    await make_topic(stack, "stamped")
    async with producer_of(stack) as producer:
        await producer.send_and_wait("stamped", b"x", timestamp_ms=1)
    record = await first_record(stack, "stamped")
    assert record.timestamp_type == 1
    assert record.timestamp > 1_700_000_000_000


async def test_a_frozen_postgres_goes_on_after_it_is_thawed(stack: LocalStack) -> None:
    stack.freeze("postgres")
    with pytest.raises(TimeoutError):
        await asyncpg.connect(stack.postgres_dsn, timeout=0.2)
    stack.thaw("postgres")
    assert await run_sql(stack, "SELECT 1") == 1
