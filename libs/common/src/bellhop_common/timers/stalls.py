"""When were we ourselves behind? Stretches of more than a second, for which nobody else is blamed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from bellhop_common.postgres.database import Connection

Place: TypeAlias = tuple[str, int]

NOTE: Final = """
INSERT INTO stalls (topic, partition, from_at, until_at)
SELECT * FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[])
"""
# What lies in the outbox for more than a second is a stall that goes on.
SINCE: Final = """
SELECT topic, partition, from_at, until_at FROM stalls WHERE until_at >= $1
UNION ALL
SELECT s.topic, s.partition, o.created_at, clock_timestamp() FROM shards AS s
CROSS JOIN LATERAL (SELECT created_at FROM outbox WHERE shard = s.shard ORDER BY id LIMIT 1) AS o
WHERE o.created_at < clock_timestamp() - interval '1 second'
"""


@dataclass(frozen=True, slots=True)
class Stall:
    """`place` was unpublished or unread from the one moment to the other."""

    place: Place
    from_at: datetime
    until_at: datetime


async def note(conn: Connection, stalls: Sequence[Stall]) -> None:
    if stalls:
        topics, partitions = [stall.place[0] for stall in stalls], [stall.place[1] for stall in stalls]
        moments = [stall.from_at for stall in stalls], [stall.until_at for stall in stalls]
        await conn.execute(NOTE, topics, partitions, *moments)


async def since(conn: Connection, moment: datetime) -> dict[Place, list[Stall]]:
    """All that ended at or after `moment`, or go on."""
    found: dict[Place, list[Stall]] = {}
    for record in await conn.fetch(SINCE, moment):
        stall = Stall((record["topic"], record["partition"]), record["from_at"], record["until_at"])
        found.setdefault(stall.place, []).append(stall)
    return found


async def forget(conn: Connection, before: datetime) -> None:
    await conn.execute("DELETE FROM stalls WHERE until_at < $1", before)


def overlaps(stalls: Mapping[Place, Sequence[Stall]], places: Sequence[Place], from_at: datetime) -> bool:
    """Whether one of these places was stalled at any time from `from_at` on."""
    return any(stall.until_at >= from_at for place in places for stall in stalls.get(place, ()))
