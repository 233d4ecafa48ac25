"""What happens in one round of publishing? Lock shards, send what they hold, delete what was acknowledged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import asyncpg

from bellhop_common.messaging.throwaway_producer import Packet, Sent, pack
from bellhop_common.postgres.database import Connection, atomically
from bellhop_common.postgres.outbox_rows import RawRow, load_headers

ROWS_A_ROUND: Final = 500

LOCK: Final = "SELECT shard FROM unnest($1::int[]) AS w (shard) WHERE pg_try_advisory_xact_lock(hashtext($2), shard)"
# A statement of its own: its snapshot must be younger than the locks.
ROWS: Final = """
SELECT id, shard, topic, partition, key, headers, value FROM outbox WHERE shard = ANY($1::int[]) ORDER BY id LIMIT $2
"""
# Rows that waited for more than a second leave the stretch behind, so that nobody is blamed for our lag.
DELETE: Final = """
WITH gone AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING topic, partition, created_at)
INSERT INTO stalls (topic, partition, from_at, until_at)
SELECT topic, partition, min(created_at), clock_timestamp() FROM gone GROUP BY topic, partition
HAVING clock_timestamp() - min(created_at) > interval '1 second'
"""
OLDEST: Final = """
SELECT s.shard, o.id FROM unnest($1::int[]) AS s (shard)
CROSS JOIN LATERAL (SELECT id FROM outbox WHERE shard = s.shard ORDER BY id LIMIT 1) AS o
"""
LEFT: Final = """
SELECT s.shard, extract(epoch FROM clock_timestamp() - o.created_at)::float8 AS age FROM shards AS s
CROSS JOIN LATERAL (SELECT created_at FROM outbox WHERE shard = s.shard ORDER BY id LIMIT 1) AS o
"""
COUNT: Final = "SELECT count(*) FROM (SELECT FROM outbox LIMIT $1) AS o"


class Producer(Protocol):
    """Sends one record batch per partition; what isn't acknowledged is not known to be there."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def send(self, packets: Sequence[Packet]) -> Sent: ...


@dataclass(frozen=True, slots=True)
class Round:
    """Shards locked; whose rows went out, had nowhere to go, or may have gone out; the first row left per shard."""

    held: frozenset[int]
    sent: frozenset[int]
    leaderless: frozenset[int]
    failed: frozenset[int]
    oldest: dict[int, int]


@dataclass(frozen=True, slots=True)
class Left:
    """What lies in the outbox, whoever wrote it. `rows` counts no further than asked."""

    shards: frozenset[int]
    oldest_age: float
    rows: int


async def publish(conn: Connection, schema: str, producer: Producer, asked: Sequence[int]) -> Round:
    async with atomically(conn):
        held = [record["shard"] for record in await conn.fetch(LOCK, asked, schema)]
        rows = await conn.fetch(ROWS, held, ROWS_A_ROUND) if held else []
        packets = pack((row["shard"], row["id"], _raw(row)) for row in rows)
        sent = await producer.send(packets)
        if sent.acknowledged:
            await conn.execute(DELETE, [row_id for packet in sent.acknowledged for row_id in packet.ids])
    # Rows committed meanwhile by others, who saw us hold the lock, are ours to see now.
    oldest = {record["shard"]: record["id"] for record in await conn.fetch(OLDEST, asked)}
    went, stayed = _shards(sent.acknowledged), _shards(sent.leaderless)
    return Round(frozenset(held), went, stayed, _shards(packets) - went - stayed, oldest)


async def left(conn: Connection, count_to: int) -> Left:
    records = await conn.fetch(LEFT)
    rows = int(await conn.fetchval(COUNT, count_to)) if records else 0
    age = max((record["age"] for record in records), default=0.0)
    return Left(frozenset(record["shard"] for record in records), age, rows)


def _shards(packets: Iterable[Packet]) -> frozenset[int]:
    return frozenset(packet.shard for packet in packets)


def _raw(row: asyncpg.Record) -> RawRow:
    return RawRow(row["topic"], row["partition"], row["key"], load_headers(row["headers"]), row["value"])
