"""Does everything committed arrive, in order per key, whatever happens to Kafka, PostgreSQL and the publishers?"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson

from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.messaging.throwaway_producer import MAX_BATCH_BYTES, Packet, Sent
from bellhop_common.postgres.database import Connection, Database
from bellhop_common.postgres.errors import TROUBLE
from bellhop_common.postgres.outbox import Outbox, Outgoing
from bellhop_common.postgres.outbox_rows import RawRow
from support.topics import create_topics, read_topic
from support.waiting import until

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KILL_ALL_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


class NoKafka:
    """A producer whose broker never answers, until it is let."""

    def __init__(self) -> None:
        self.answers = False
        self.sent: list[bytes | None] = []

    async def start(self) -> None:
        """Nothing to connect to."""

    async def stop(self) -> None:
        """Nothing to disconnect."""

    async def send(self, packets: Sequence[Packet]) -> Sent:
        if not self.answers:
            return Sent()
        self.sent += [row.value for packet in packets for row in packet.rows]
        return Sent(packets)


async def append(database: Database, topic: str, keys: Sequence[str], text: str = "") -> dict[int, int]:
    outbox = Outbox("router", {topic: 4})
    async with database.acquire() as conn:
        await outbox.load(conn)
    async with database.transaction() as conn:
        events = [Outgoing(topic, key, "work.noted", {"text": text}, sequenced=True) for key in keys]
        return await outbox.append(conn, events, desk_seq=0, at=AT)


@asynccontextmanager
async def running(publisher: CombiningPublisher) -> AsyncIterator[CombiningPublisher]:
    await publisher.start()
    try:
        yield publisher
    finally:
        await publisher.stop()


async def gone(conn: Connection, topic: str) -> bool:
    return not await conn.fetchval("SELECT count(*) FROM outbox WHERE topic = $1", topic)


async def is_overloaded(publisher: CombiningPublisher) -> bool:
    return publisher.overloaded


async def is_calm(publisher: CombiningPublisher) -> bool:
    return not publisher.overloaded


async def answers(database: Database) -> bool:
    try:
        return await database.now() is not None
    except TROUBLE:
        return False


async def seconds_until_gone(publisher: CombiningPublisher, database: Database, conn: Connection, topic: str) -> float:
    started = asyncio.get_running_loop().time()
    publisher.committed(await append(database, topic, ["a"]))
    await until(lambda: gone(conn, topic))
    return asyncio.get_running_loop().time() - started


async def emptied(conn: Connection) -> None:
    async def empty() -> bool:
        return not await conn.fetchval("SELECT count(*) FROM outbox")

    await until(empty)


async def test_what_is_committed_arrives_with_key_headers_and_bytes(
    database: Database, conn: Connection, kafka_bootstrap: str, topic_prefix: str
) -> None:
    topic = f"{topic_prefix}.work.v1"
    await create_topics(kafka_bootstrap, {topic: 4})
    async with running(CombiningPublisher(database, kafka_bootstrap)) as publisher:
        publisher.committed(await append(database, topic, ["a"]))
        await emptied(conn)
    [record] = await read_topic(kafka_bootstrap, topic)
    assert record.key == b"a"
    assert dict(record.headers)["ce_subject"] == b"a"
    assert orjson.loads(record.value or b"") == {
        "text": "",
        "at": "2026-03-02T09:00:00.000000Z",
        "epoch": 1,
        "sequence": 1,
    }


async def test_rows_left_by_a_process_that_is_gone_are_found_and_sent(
    database: Database, conn: Connection, kafka_bootstrap: str, topic_prefix: str
) -> None:
    topic = f"{topic_prefix}.work.v1"
    await create_topics(kafka_bootstrap, {topic: 4})
    await append(database, topic, ["a", "b"])
    async with running(CombiningPublisher(database, kafka_bootstrap)):
        await emptied(conn)
    assert sorted(record.key or b"" for record in await read_topic(kafka_bootstrap, topic)) == [b"a", b"b"]


async def test_stopping_sends_what_this_process_committed(
    database: Database, conn: Connection, kafka_bootstrap: str, topic_prefix: str
) -> None:
    topic = f"{topic_prefix}.work.v1"
    await create_topics(kafka_bootstrap, {topic: 4})
    async with running(CombiningPublisher(database, kafka_bootstrap)) as publisher:
        publisher.committed(await append(database, topic, [f"key-{n}" for n in range(1_200)]))
    assert await conn.fetchval("SELECT count(*) FROM outbox") == 0
    assert len(await read_topic(kafka_bootstrap, topic)) == 1_200


async def test_a_missing_topic_delays_no_other(
    database: Database, conn: Connection, kafka_bootstrap: str, topic_prefix: str
) -> None:
    missing, there = f"{topic_prefix}.missing.v1", f"{topic_prefix}.work.v1"
    await create_topics(kafka_bootstrap, {there: 4})
    async with running(CombiningPublisher(database, kafka_bootstrap)) as publisher:
        publisher.committed(await append(database, missing, ["a"]))
        await asyncio.sleep(0.5)
        assert min([await seconds_until_gone(publisher, database, conn, there) for _ in range(3)]) < 2.0
        await create_topics(kafka_bootstrap, {missing: 4})
        await emptied(conn)
    assert len(await read_topic(kafka_bootstrap, missing)) == 1


async def test_a_record_larger_than_a_batch_goes_out_alone(
    database: Database, conn: Connection, kafka_bootstrap: str, topic_prefix: str
) -> None:
    topic = f"{topic_prefix}.work.v1.sla.dead-letter"
    await create_topics(kafka_bootstrap, {topic: 1})
    large = b"x" * (3 * MAX_BATCH_BYTES)
    rows = [RawRow(topic, 0, None, (("a", None), ("b", b"\xff")), value) for value in (b"1", large, None, b"2")]
    async with running(CombiningPublisher(database, kafka_bootstrap)) as publisher:
        async with database.transaction() as transaction:
            shards = await Outbox("sla", {}).append_raw(transaction, rows)
        publisher.committed(shards)
        await emptied(conn)
    assert [record.value for record in await read_topic(kafka_bootstrap, topic)] == [b"1", large, None, b"2"]


async def test_a_killed_connection_is_replaced(
    database: Database, conn: Connection, kafka_bootstrap: str, topic_prefix: str
) -> None:
    topic = f"{topic_prefix}.work.v1"
    await create_topics(kafka_bootstrap, {topic: 4})
    async with running(CombiningPublisher(database, kafka_bootstrap)) as publisher:
        await asyncio.sleep(0.3)
        await conn.execute(KILL_ALL_OTHERS)
        await until(lambda: answers(database))  # what the pool's connections were told must have reached them
        publisher.committed(await append(database, topic, ["a"]))
        await emptied(conn)
        assert publisher.alive


async def test_a_broker_that_does_not_answer_is_waited_for_and_the_stretch_noted(
    database: Database, conn: Connection, kafka_bootstrap: str
) -> None:
    producer = NoKafka()
    async with running(CombiningPublisher(database, kafka_bootstrap, producer)) as publisher:
        publisher.committed(await append(database, "t.work.v1", ["a", "a"]))
        await asyncio.sleep(1.2)
        assert producer.sent == []
        producer.answers = True
        await emptied(conn)
    assert [orjson.loads(value or b"")["sequence"] for value in producer.sent] == [1, 2]
    [stall] = await conn.fetch("SELECT topic, until_at - from_at AS length FROM stalls")
    assert stall["topic"] == "t.work.v1"
    assert 1.0 < stall["length"].total_seconds() < 5.0


async def test_rows_older_than_ten_seconds_mean_overload_until_they_are_gone(
    database: Database, conn: Connection, kafka_bootstrap: str
) -> None:
    producer = NoKafka()
    await append(database, "t.work.v1", ["a"])
    await conn.execute("UPDATE outbox SET created_at = created_at - interval '11 seconds'")
    async with running(CombiningPublisher(database, kafka_bootstrap, producer)) as publisher:
        await until(lambda: is_overloaded(publisher))
        assert publisher.pending == 1
        assert publisher.oldest_age > 11
        producer.answers = True
        await emptied(conn)
        await until(lambda: is_calm(publisher))
        assert publisher.oldest_age == 0
