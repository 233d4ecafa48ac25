"""How far were the inputs read? Marks that all replicas of a service share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias

from bellhop_common.postgres.database import Connection
from bellhop_common.timers.readiness import InputMark

Place: TypeAlias = tuple[str, int]

WRITE: Final = """
INSERT INTO input_marks AS m (topic, partition, applied_at, end_seen_at, end_since)
SELECT topic, partition, applied_at, end_seen_at, end_seen_at
FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[])
    AS w (topic, partition, applied_at, end_seen_at)
ORDER BY topic COLLATE "C", partition
ON CONFLICT (topic, partition) DO UPDATE SET
    applied_at = greatest(m.applied_at, excluded.applied_at),
    end_seen_at = greatest(m.end_seen_at, excluded.end_seen_at),
    end_since = CASE
        WHEN excluded.end_seen_at IS NULL THEN m.end_since
        WHEN excluded.end_seen_at - m.end_seen_at <= interval '1 second' THEN m.end_since
        ELSE excluded.end_seen_at END
"""


async def write(conn: Connection, seen: Mapping[Place, datetime], applied: Mapping[Place, datetime]) -> None:
    """`seen`: when each partition's end was seen, by the database's clock. `applied`: append times. Never go back."""
    places = sorted({*seen, *applied})
    if places:
        topics, partitions = [topic for topic, _ in places], [partition for _, partition in places]
        moments = [applied.get(place) for place in places], [seen.get(place) for place in places]
        await conn.execute(WRITE, topics, partitions, *moments)


async def read(conn: Connection) -> dict[Place, InputMark]:
    records = await conn.fetch("SELECT topic, partition, applied_at, end_seen_at, end_since FROM input_marks")
    return {(r["topic"], r["partition"]): InputMark(r["applied_at"], r["end_seen_at"], r["end_since"]) for r in records}
