"""What was handled before? By the sender's id, by place in the log, and by sequence of a key."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from bellhop_common.messaging.sequences import Mark, Sequenced, Verdict, judge
from bellhop_common.postgres.database import Connection

Place: TypeAlias = tuple[str, int]

FRESH: Final = """
INSERT INTO inbox (day, id)
SELECT (clock_timestamp() AT TIME ZONE 'utc')::date, id FROM unnest($1::uuid[]) AS w (id)
WHERE NOT EXISTS (SELECT 1 FROM inbox AS i WHERE i.id = w.id)
ORDER BY id
ON CONFLICT DO NOTHING
RETURNING id
"""
MARKS: Final = """
WITH w AS (SELECT * FROM unnest($1::text[], $2::text[]) AS w (topic, key))
SELECT topic, key, epoch, sequence, false AS skipped FROM w JOIN watermarks USING (topic, key)
UNION ALL
SELECT topic, key, epoch, sequence, true FROM w JOIN skipped USING (topic, key)
"""
# Records that concern nothing lock nothing: another reader of their key may have gone further since it was looked.
MARK: Final = """
INSERT INTO watermarks AS m (topic, key, epoch, sequence)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) AS w (topic, key, epoch, sequence)
ORDER BY topic COLLATE "C", key COLLATE "C"
ON CONFLICT (topic, key) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
WHERE (m.epoch, m.sequence) < (excluded.epoch, excluded.sequence)
"""


SKIP: Final = """
INSERT INTO skipped (topic, key, epoch, sequence) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
PASSED: Final = """
DELETE FROM skipped AS s USING watermarks AS w
WHERE (s.topic, s.key) = (w.topic, w.key) AND (s.epoch, s.sequence) <= (w.epoch, w.sequence)
"""


@dataclass(frozen=True, slots=True)
class Known:
    """How far a key of a topic was applied, and what behind that was given up."""

    mark: Mark | None
    skipped: frozenset[Mark] = frozenset()


NOTHING: Final = Known(None)
STORED: Final = """
SELECT topic, partition, next_offset, applied_at FROM next_offsets LEFT JOIN input_marks USING (topic, partition)
WHERE group_id = $1
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything below `next_offset` was handled; `applied_at` is the latest append time among it."""

    next_offset: int
    applied_at: datetime | None = None


async def fresh(conn: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those never handled before, which count as handled from this commit on.

    Waits for another transaction that has one of them in hand.
    """
    if not ids:
        return set()
    return {record["id"] for record in await conn.fetch(FRESH, sorted(set(ids)))}


async def stored(conn: Connection, group: str) -> dict[Place, Stored]:
    records = await conn.fetch(STORED, group)
    return {(r["topic"], r["partition"]): Stored(r["next_offset"], r["applied_at"]) for r in records}


async def admit(conn: Connection, records: Sequence[Sequenced]) -> list[Verdict]:
    """A verdict for each, in order; those to apply count as applied from this commit on.

    The caller holds the locks of whatever these records may change, so that no other reader applies them meanwhile.
    """
    if not records:
        return []
    before = await known(conn, [(record.topic, record.key) for record in records])
    marks: dict[tuple[str, str], Mark] = {}
    verdicts = []
    for record in records:
        place = (record.topic, record.key)
        so_far = before.get(place, NOTHING)
        verdict = judge(marks.get(place, so_far.mark), record, so_far.skipped)
        if verdict is Verdict.APPLY:
            here = Mark(record.epoch, record.sequence)
            marks[place] = max(marks.get(place, so_far.mark) or here, here)
        verdicts.append(verdict)
    await _write(conn, {place: mark for place, mark in marks.items() if before.get(place, NOTHING).mark != mark})
    return verdicts


async def known(conn: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """By topic and key; those of which nothing is known are left out."""
    places = sorted(set(keys))
    found: dict[tuple[str, str], Known] = {}
    for row in await conn.fetch(MARKS, [topic for topic, _ in places], [key for _, key in places]):
        place, mark = (row["topic"], row["key"]), Mark(row["epoch"], row["sequence"])
        so_far = found.get(place, NOTHING)
        found[place] = (
            replace(so_far, skipped=so_far.skipped | {mark}) if row["skipped"] else replace(so_far, mark=mark)
        )
    return found


async def skip(conn: Connection, topic: str, key: str, mark: Mark) -> None:
    """This record of the key will never be applied: its mark may move on over it, now or once it gets there."""
    await conn.execute(SKIP, topic, key, mark.epoch, mark.sequence)


async def forget_skipped(conn: Connection) -> None:
    """What every key's mark has passed says nothing any more."""
    await conn.execute(PASSED)


async def _write(conn: Connection, marks: Mapping[tuple[str, str], Mark]) -> None:
    if not marks:
        return
    places = sorted(marks)
    await conn.execute(
        MARK,
        [topic for topic, _ in places],
        [key for _, key in places],
        [marks[place].epoch for place in places],
        [marks[place].sequence for place in places],
    )
