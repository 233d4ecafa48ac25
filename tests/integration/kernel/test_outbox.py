"""Do decided events lie in the outbox numbered, stamped and addressed as the contracts say?"""

from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest

from bellhop_common.ids import event_id, natural_id
from bellhop_common.postgres.database import Connection, Database
from bellhop_common.postgres.outbox import Cause, EventTooLarge, Outbox, Outgoing, UnknownTopic
from bellhop_common.postgres.outbox_rows import RawRow, load_headers

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CAUSE = UUID("0f6f6c1e-0000-5000-8000-000000000001")


def queued(key: str, **more: object) -> Outgoing:
    body = {"queue": "returns", **more}
    return Outgoing("t.work.v1", key, "work.queued", body, "shop", 7, sequenced=True, ordered=True)


async def append(database: Database, *events: Outgoing, desk_seq: int = 41) -> dict[int, int]:
    outbox = Outbox("router", {"t.work.v1": 12, "t.queue.v1": 3})
    async with database.acquire() as conn:
        await outbox.load(conn)
    async with database.transaction() as conn:
        return await outbox.append(conn, events, desk_seq=desk_seq, at=AT, causes=[Cause(CAUSE)] * len(events))


async def bodies(conn: Connection) -> list[dict[str, object]]:
    return [orjson.loads(row["value"]) for row in await conn.fetch("SELECT value FROM outbox ORDER BY id")]


async def test_sequences_count_per_key_and_go_on_in_the_next_transaction(database: Database, conn: Connection) -> None:
    await append(database, queued("a"), queued("b"), queued("a"))
    await append(database, queued("b"), queued("a"))
    numbered = [
        (row["key"], body["sequence"])
        for row, body in zip(await conn.fetch("SELECT key FROM outbox ORDER BY id"), await bodies(conn), strict=True)
    ]
    assert numbered == [(b"a", 1), (b"b", 1), (b"a", 2), (b"b", 2), (b"a", 3)]


async def test_the_stamp_holds_clock_desk_sequence_and_total_order(database: Database, conn: Connection) -> None:
    await append(database, queued("a"), queued("b"))
    assert (await bodies(conn))[1] == {
        "queue": "returns",
        "at": "2026-03-02T09:00:00.000000Z",
        "desk": "shop",
        "desk_version": 7,
        "epoch": 1,
        "sequence": 1,
        "desk_seq": 41,
        "ordinal": 2,
    }


async def test_headers_are_binary_cloudevents(database: Database, conn: Connection) -> None:
    await append(database, queued("a"))
    headers = dict(load_headers(await conn.fetchval("SELECT headers FROM outbox")))
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": str(event_id("t.work.v1", 1, "a", 1)).encode(),
        "ce_source": b"bellhop/router",
        "ce_type": b"support.work.queued.v1",
        "ce_subject": b"a",
        "ce_time": b"2026-03-02T09:00:00.000000Z",
        "ce_dataschema": b"support.work.queued.v1.json",
        "ce_causationid": str(CAUSE).encode(),
        "content-type": b"application/json",
    }


async def test_an_unsequenced_event_is_named_by_its_natural_key(database: Database, conn: Connection) -> None:
    await append(database, Outgoing("t.queue.v1", "shop/returns", "queue.state", {}, natural="queue/shop/returns/9"))
    headers = dict(load_headers(await conn.fetchval("SELECT headers FROM outbox")))
    assert headers["ce_id"] == str(natural_id("queue/shop/returns/9")).encode()
    assert (await bodies(conn))[0] == {"at": "2026-03-02T09:00:00.000000Z"}


async def test_the_last_row_of_each_shard_is_told(database: Database, conn: Connection) -> None:
    told = await append(database, queued("a"), queued("b"), queued("a"))
    rows = await conn.fetch("SELECT shard, max(id) AS last FROM outbox GROUP BY shard")
    assert told == {row["shard"]: row["last"] for row in rows}


async def test_a_key_lies_where_the_java_client_would_put_it(database: Database, conn: Connection) -> None:
    await append(database, queued("21"), queued("foobar"))
    # murmur2 of these two, as Kafka's own tests give it: -973932308 and -790332482.
    expected = [(-973932308 & 0x7FFFFFFF) % 12, (-790332482 & 0x7FFFFFFF) % 12]
    assert [row["partition"] for row in await conn.fetch("SELECT partition FROM outbox ORDER BY id")] == expected


async def test_an_event_over_900_kib_is_refused(database: Database, conn: Connection) -> None:
    with pytest.raises(EventTooLarge):
        await append(database, queued("a", text="x" * 921_600))
    assert await conn.fetchval("SELECT count(*) FROM sequences") == 0


async def test_a_topic_without_a_partition_count_is_refused(database: Database) -> None:
    with pytest.raises(UnknownTopic):
        await append(database, Outgoing("t.nobody.v1", "a", "x", {}, natural="x"))


async def test_a_raw_row_keeps_every_byte(database: Database, conn: Connection) -> None:
    outbox = Outbox("sla", {})
    headers = (("plain", b"text"), ("bad", b"\xff\xfe"), ("none", None), ("nul", b"a\0b"))
    row = RawRow("t.work.v1.sla.dead-letter", 5, None, headers, None)
    async with database.transaction() as transaction:
        await outbox.append_raw(transaction, [row])
    stored = await conn.fetchrow("SELECT topic, partition, key, headers, value FROM outbox")
    assert stored is not None
    assert (
        RawRow(stored["topic"], stored["partition"], stored["key"], load_headers(stored["headers"]), stored["value"])
        == row
    )


async def test_a_shard_registered_by_a_rolled_back_transaction_is_registered_again(
    database: Database, conn: Connection
) -> None:
    outbox = Outbox("sla", {})
    row = RawRow("t.work.v1.sla.dead-letter", 5, b"k", (), b"v")
    async with database.acquire() as connection:
        failing = connection.transaction()
        await failing.start()
        await outbox.append_raw(connection, [row])
        await failing.rollback()
    async with database.transaction() as transaction:
        await outbox.append_raw(transaction, [row])
    assert await conn.fetchval("SELECT count(*) FROM outbox JOIN shards USING (shard, topic, partition)") == 1
