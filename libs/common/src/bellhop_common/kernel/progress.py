"""How far has this group read? Offsets, append times and our own lag, in one statement at a batch's end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bellhop_common.kernel.delivery import Place
from bellhop_common.postgres.database import Connection

# What lay unread for more than a second leaves the stretch behind, so that nobody is blamed for our lag.
WRITE: Final = """
WITH w AS (
    SELECT * FROM unnest($2::text[], $3::int[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
        AS w (topic, partition, next_offset, applied_at, oldest_at)
), advanced AS (
    INSERT INTO next_offsets AS n (group_id, topic, partition, next_offset)
    SELECT $1, topic, partition, next_offset FROM w ORDER BY topic COLLATE "C", partition
    ON CONFLICT (group_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
    WHERE n.next_offset < excluded.next_offset
), marked AS (
    INSERT INTO input_marks AS m (topic, partition, applied_at)
    SELECT topic, partition, applied_at FROM w WHERE applied_at IS NOT NULL ORDER BY topic COLLATE "C", partition
    ON CONFLICT (topic, partition) DO UPDATE SET applied_at = greatest(m.applied_at, excluded.applied_at)
)
INSERT INTO stalls (topic, partition, from_at, until_at)
SELECT topic, partition, oldest_at, clock_timestamp() FROM w
WHERE clock_timestamp() - oldest_at > interval '1 second'
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """Offsets to store with the transaction that completes a batch: everything below was handled, for ever.

    `applied_at` and `oldest_at`: when the last and the first of its records were appended.
    """

    next_offsets: Mapping[Place, int]
    applied_at: Mapping[Place, datetime] = field(default_factory=dict)
    oldest_at: Mapping[Place, datetime] = field(default_factory=dict)


async def write(connection: Connection, group: str, progress: Progress) -> None:
    """Never goes back."""
    places = sorted(progress.next_offsets)
    if places:
        await connection.execute(
            WRITE,
            group,
            [topic for topic, _ in places],
            [partition for _, partition in places],
            [progress.next_offsets[place] for place in places],
            [progress.applied_at.get(place) for place in places],
            [progress.oldest_at.get(place) for place in places],
        )
