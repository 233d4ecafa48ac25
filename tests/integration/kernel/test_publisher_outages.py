"""Does the publisher outlive its servers, and is nothing lost or out of order when they come back?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
import pytest
import pytest_asyncio

from bellhop_common.decision import Subject
from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.messaging.throwaway_producer import Packet, Sent
from bellhop_common.postgres import aggregates
from bellhop_common.postgres.database import Database, PostgresSettings
from bellhop_common.postgres.errors import TROUBLE
from bellhop_common.postgres.outbox import Outbox, Outgoing
from bellhop_local.stack import LocalStack
from support.databases import KERNEL_SCHEMA, kernel_template
from support.topics import create_topics, read_topic
from support.waiting import until

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
END_THE_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'
"""
KEYS = [f"conversation-{number}" for number in range(8)]


@pytest_asyncio.fixture(scope="module")
async def own_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    """Servers that may be killed: nobody else uses them."""
    async with LocalStack(tmp_path_factory.mktemp("own") / "stack") as stack:
        yield stack


@pytest_asyncio.fixture
async def own_database(own_stack: LocalStack) -> AsyncIterator[Database]:
    database = Database(PostgresSettings(await kernel_template(own_stack.postgres_dsn), KERNEL_SCHEMA))
    await database.open()
    yield database
    await database.close()


@dataclass
class Writer:
    """Commits an event for each key again and again, whatever happens; a lost answer makes it try again."""

    database: Database
    topic: str
    outbox: Outbox
    stopped: bool = False
    failures: list[str] = field(default_factory=list)

    async def run(self, publisher: CombiningPublisher) -> None:
        while not self.stopped:
            try:
                publisher.committed(await self._commit())
            except TROUBLE as error:
                self.failures.append(type(error).__name__)
            await asyncio.sleep(0.01)

    async def _commit(self) -> dict[int, int]:
        async with self.database.transaction() as conn:
            await aggregates.lock(conn, [Subject("conversation", key) for key in KEYS], "shop")
            events = [Outgoing(self.topic, key, "work.noted", {}, sequenced=True) for key in KEYS]
            shards = await self.outbox.append(conn, events, desk_seq=0, at=AT)
            await aggregates.save(conn, [])
        return shards


async def survives(stack: LocalStack, database: Database, topic: str, harm: Callable[[], Awaitable[None]]) -> int:
    """Writes and publishes while `harm` is done and undone; how many events arrived."""
    await create_topics(stack.kafka_bootstrap, {topic: 3})
    outbox = Outbox("router", {topic: 3})
    async with database.acquire() as conn:
        await outbox.load(conn)
    publisher = CombiningPublisher(database, stack.kafka_bootstrap)
    writer = Writer(database, topic, outbox)
    await publisher.start()
    writing = asyncio.create_task(writer.run(publisher))
    await asyncio.sleep(0.5)
    await harm()
    await asyncio.sleep(0.5)
    writer.stopped = True
    await writing
    assert publisher.alive
    await until(lambda: emptied(database), within=30)
    await publisher.stop()
    return await in_order(stack, database, topic)


async def emptied(database: Database) -> bool:
    async with database.acquire() as conn:
        return not await conn.fetchval("SELECT count(*) FROM outbox")


async def in_order(stack: LocalStack, database: Database, topic: str) -> int:
    firsts: dict[str, list[int]] = {key: [] for key in KEYS}
    for record in await read_topic(stack.kafka_bootstrap, topic):
        seen = firsts[(record.key or b"").decode()]
        sequence = int(orjson.loads(record.value or b"")["sequence"])
        if sequence not in seen:
            seen.append(sequence)
    async with database.acquire() as conn:
        lasts = {row["key"]: row["last"] for row in await conn.fetch("SELECT key, last FROM sequences")}
    assert firsts == {key: list(range(1, lasts[key] + 1)) for key in KEYS}
    return sum(lasts.values())


class Unanswered:
    """A broker that takes all and acknowledges nothing; beneath it PostgreSQL ends the connection meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reached = asyncio.Event()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, packets: Sequence[Packet]) -> Sent:
        if packets:
            async with self._database.acquire() as conn:
                await conn.fetch(END_THE_OTHERS)
            self.reached.set()
            await asyncio.Event().wait()
        return Sent()


async def test_a_publisher_told_to_end_ends_though_its_connection_was_lost(
    own_database: Database, topic_prefix: str
) -> None:
    outbox = Outbox("router", {f"{topic_prefix}.work.v1": 3})
    async with own_database.acquire() as conn:
        await outbox.load(conn)
    producer = Unanswered(own_database)
    publisher = CombiningPublisher(own_database, "nobody", producer)
    writer = Writer(own_database, f"{topic_prefix}.work.v1", outbox)
    await publisher.start()
    writing = asyncio.create_task(writer.run(publisher))
    await asyncio.wait_for(producer.reached.wait(), 20)
    writer.stopped = True
    await writing
    await asyncio.wait_for(publisher.stop(timeout=0.1), 10)
    assert not publisher.alive


async def test_a_killed_broker(own_stack: LocalStack, own_database: Database, topic_prefix: str) -> None:
    async def harm() -> None:
        await own_stack.kill_kafka()
        await asyncio.sleep(2)
        await own_stack.start_kafka()

    assert await survives(own_stack, own_database, f"{topic_prefix}.work.v1", harm) > 16


async def test_a_frozen_broker(own_stack: LocalStack, own_database: Database, topic_prefix: str) -> None:
    async def harm() -> None:
        own_stack.freeze("kafka")
        await asyncio.sleep(7)
        own_stack.thaw("kafka")

    assert await survives(own_stack, own_database, f"{topic_prefix}.work.v1", harm) > 16


async def test_a_killed_database(own_stack: LocalStack, own_database: Database, topic_prefix: str) -> None:
    async def harm() -> None:
        await own_stack.kill_postgres()
        await asyncio.sleep(1)
        await own_stack.start_postgres()

    assert await survives(own_stack, own_database, f"{topic_prefix}.work.v1", harm) > 16


async def test_starting_without_kafka_and_stopping_with_rows_left(own_database: Database) -> None:
    publisher = CombiningPublisher(own_database, "127.0.0.1:9")
    await publisher.start()
    outbox = Outbox("router", {"t.work.v1": 3})
    async with own_database.acquire() as conn:
        await outbox.load(conn)
    async with own_database.transaction() as conn:
        shards = await outbox.append(conn, [Outgoing("t.work.v1", "a", "x", {}, sequenced=True)], desk_seq=0, at=AT)
    publisher.committed(shards)
    await asyncio.sleep(0.5)
    assert publisher.alive
    started = asyncio.get_running_loop().time()
    await publisher.stop(timeout=1)
    assert asyncio.get_running_loop().time() - started < 5
    assert not await emptied(own_database)
