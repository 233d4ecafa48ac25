"""Is every accepted input counted once and in order while the broker and the database die and come back?"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TypeAlias

import pytest
import pytest_asyncio

from bellhop_common.postgres.database import Database, PostgresSettings, clock
from bellhop_local.stack import LocalStack
from support.databases import KERNEL_SCHEMA, create_database, kernel_template
from support.replicas import toys
from support.toy.contracts import TOY_INPUT
from support.toy_looks import counted
from support.toy_proof import feed_for, verify
from support.toy_stage import ToyRuntime, staged
from support.waiting import until

Ask: TypeAlias = Callable[[Database, LocalStack], Coroutine[None, None, None]]

# Of these the first, unless the group happens to be given its partitions anew.
WHO_ASK_THE_DATABASE = ("marks", "partitions")


@pytest_asyncio.fixture
async def own_stack(tmp_path: Path) -> AsyncIterator[LocalStack]:
    """One that may be broken."""
    async with LocalStack(tmp_path / "stack") as stack:
        yield stack


async def lose_postgres(stack: LocalStack) -> None:
    await stack.kill_postgres()
    await asyncio.sleep(1.5)
    await stack.start_postgres()


async def lose_kafka(stack: LocalStack) -> None:
    await stack.kill_kafka()
    await asyncio.sleep(0.5)
    await stack.start_kafka()


async def test_a_broker_and_a_database_that_die_lose_and_repeat_nothing(
    own_stack: LocalStack, topic_prefix: str, tmp_path: Path
) -> None:
    dsn = await create_database(own_stack.postgres_dsn)
    async with staged(own_stack.kafka_bootstrap, dsn, topic_prefix) as stage:
        with toys(tmp_path, stage.settings) as running:
            running.start()
            running.start()
            await asyncio.to_thread(running.started, 2)
            feeding = asyncio.create_task(feed_for(stage, 10, seed=21))
            await asyncio.sleep(1)
            await lose_postgres(own_stack)
            await asyncio.sleep(1)
            await lose_kafka(own_stack)
            await feeding
            await verify(stage)
            assert all(replica.process.poll() is None for replica in running.replicas)


async def test_a_server_that_says_nothing_takes_readiness_away_and_ends_nobody(
    own_stack: LocalStack, topic_prefix: str
) -> None:
    dsn = await create_database(own_stack.postgres_dsn)
    async with staged(own_stack.kafka_bootstrap, dsn, topic_prefix) as stage, stage.toy(stuck_after=6) as toy:
        await stage.feed.add("k1")
        await until(lambda: counted(stage, "k1", [1]))
        own_stack.freeze("kafka")
        await until(lambda: waits_for(toy, "kafka"))
        own_stack.thaw("kafka")
        await until(lambda: is_ready(toy))
        own_stack.freeze("postgres")
        await stage.feed.add("k1")
        await until(lambda: waits_for(toy, *WHO_ASK_THE_DATABASE))
        await asyncio.sleep(12)
        own_stack.thaw("postgres")
        await until(lambda: counted(stage, "k1", [1, 2]))
        await until(lambda: is_ready(toy))
        assert (toy.health.failed, toy.exit_status) == (None, 0)


async def ask(database: Database, stack: LocalStack) -> None:
    stack.freeze("postgres")
    await database.now()


async def ask_within_a_transaction(database: Database, stack: LocalStack) -> None:
    async with database.transaction() as conn:
        stack.freeze("postgres")
        await clock(conn)


@pytest.mark.parametrize("asks", [ask, ask_within_a_transaction])
async def test_what_is_given_up_waits_for_no_silent_server(own_stack: LocalStack, asks: Ask) -> None:
    """The client asks the server to cancel its statement, and would wait forty seconds for that to be answered."""
    database = Database(PostgresSettings(await kernel_template(own_stack.postgres_dsn), KERNEL_SCHEMA))
    await database.open()
    asking = asyncio.create_task(asks(database, own_stack))
    await asyncio.sleep(0.5)
    asking.cancel()
    given_up, _ = await asyncio.wait([asking], timeout=20)
    own_stack.thaw("postgres")
    assert given_up == {asking}
    assert asking.cancelled()
    await database.now()
    await database.close()


async def test_a_batch_that_waits_for_the_database_never_counts_as_read(
    own_stack: LocalStack, topic_prefix: str
) -> None:
    dsn = await create_database(own_stack.postgres_dsn)
    async with staged(own_stack.kafka_bootstrap, dsn, topic_prefix) as stage, stage.toy() as toy:
        await stage.feed.add("k1")
        await until(lambda: counted(stage, "k1", [1]))
        await own_stack.kill_postgres()
        await stage.feed.add("k1")
        await until(lambda: lags(toy, 1.0))
        await asyncio.sleep(5)
        assert await lags(toy, 1.0)
        await own_stack.start_postgres()
        await until(lambda: lags(toy, 0.0))
        assert await counted(stage, "k1", [1, 2])


async def lags(toy: ToyRuntime, records: float) -> bool:
    topic = next(name for name, one in toy.needs.reads.items() if one is TOY_INPUT and not name.endswith(".retry"))
    return toy.registry.get_sample_value("support_toy_consumer_lag_records", {"topic": topic}) == records


async def waits_for(toy: ToyRuntime, *who: str) -> bool:
    """One of them is enough."""
    return not toy.health.ready and any(one in toy.health.waiting for one in who)


async def is_ready(toy: ToyRuntime) -> bool:
    return toy.health.ready


async def test_a_service_waits_for_its_tables_and_says_so(
    own_stack: LocalStack, topic_prefix: str, tmp_path: Path
) -> None:
    dsn = await create_database(own_stack.postgres_dsn)
    settings = {"kafka_bootstrap": own_stack.kafka_bootstrap, "postgres_dsn": dsn, "topic_prefix": topic_prefix}
    with toys(tmp_path, settings) as running:
        replica = running.start()

        async def says(what: str) -> bool:
            return any(what in str(line["reason"]) for line in replica.said("waiting"))

        await until(lambda: says("topics are missing"), within=40)
        async with staged(own_stack.kafka_bootstrap, dsn, topic_prefix) as stage:
            await stage.feed.add("k1")
            await verify(stage)
