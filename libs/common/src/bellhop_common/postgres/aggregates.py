"""How is everything that has state kept, locked and written? One document per subject in one lockable table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from bellhop_common.decision import Subject
from bellhop_common.postgres.database import Connection

# One pass in the one global order, whether a row is there or not: where it is, ON CONFLICT locks it and the
# false WHERE leaves it as it was; where it isn't, the stub is the lock.
LOCK: Final = """
INSERT INTO aggregates AS a (kind, id, rank, desk)
SELECT kind, id, rank, $4 FROM unnest($1::text[], $2::text[], $3::smallint[]) AS w (kind, id, rank)
ORDER BY rank, kind COLLATE "C", id COLLATE "C"
ON CONFLICT (kind, id) DO UPDATE SET version = a.version WHERE false
"""
READ: Final = """
SELECT a.kind, a.id, a.desk, a.version, a.body
FROM unnest($1::text[], $2::text[]) AS w (kind, id) JOIN aggregates AS a USING (kind, id)
"""
# Stubs that this transaction made and nobody filled go with the same statement.
SAVE: Final = """
WITH wanted AS (
    SELECT kind, id, rank, desk, body::jsonb AS body
    FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[]) AS w (kind, id, rank, desk, body)
), stubs AS (
    DELETE FROM aggregates AS a
    WHERE a.body IS NULL AND NOT a.deleted AND a.xmin = pg_current_xact_id()::xid
      AND NOT EXISTS (SELECT 1 FROM wanted AS w WHERE w.kind = a.kind AND w.id = a.id)
)
INSERT INTO aggregates AS a (kind, id, rank, desk, version, desk_seq, body, deleted)
SELECT kind, id, rank, desk, 1, $6, body, body IS NULL FROM wanted
ORDER BY rank, kind COLLATE "C", id COLLATE "C"
ON CONFLICT (kind, id) DO UPDATE SET
    desk = excluded.desk, version = a.version + 1, desk_seq = excluded.desk_seq,
    body = excluded.body, deleted = excluded.deleted, changed_at = clock_timestamp()
"""
REMOVE: Final = """
DELETE FROM aggregates AS a USING unnest($1::text[], $2::text[]) AS w (kind, id)
WHERE a.kind = w.kind AND a.id = w.id
"""


@dataclass(frozen=True, slots=True)
class Row:
    """`body` None is nothing there (yet, or any more). `version` counts writes; saving counts it up by itself."""

    subject: Subject
    desk: str
    version: int
    body: dict[str, object] | None


async def lock(conn: Connection, subjects: Collection[Subject], desk: str) -> dict[Subject, Row]:
    """Locks all of them until the end of the transaction, in the global order, and reads them."""
    if not subjects:
        return {}
    ordered = in_order(subjects)
    kinds, ids, ranks = columns(ordered)
    await conn.execute(LOCK, kinds, ids, ranks, desk)
    return await read(conn, ordered)


async def read(conn: Connection, subjects: Collection[Subject]) -> dict[Subject, Row]:
    """Without a lock: what was last committed, or nothing for a subject that isn't there."""
    if not subjects:
        return {}
    kinds, ids, _ = columns(in_order(subjects))
    records = await conn.fetch(READ, kinds, ids)
    found = (Row(Subject(r["kind"], r["id"]), r["desk"], r["version"], r["body"]) for r in records)
    return {row.subject: row for row in found}


async def save(conn: Connection, rows: Sequence[Row], desk_seq: int = 0) -> None:
    """A row without body becomes a tombstone. To be called once per transaction: it also drops unused stubs."""
    ordered = sorted(rows, key=lambda row: row.subject.lock_order)
    kinds, ids, ranks = columns([row.subject for row in ordered])
    bodies = [None if row.body is None else orjson.dumps(row.body).decode() for row in ordered]
    await conn.execute(SAVE, kinds, ids, ranks, [row.desk for row in ordered], bodies, desk_seq)


async def remove(conn: Connection, subjects: Collection[Subject]) -> None:
    """Leaves no tombstone: only for what no desk's cache holds."""
    if subjects:
        kinds, ids, _ = columns(in_order(subjects))
        await conn.execute(REMOVE, kinds, ids)


def in_order(subjects: Collection[Subject]) -> list[Subject]:
    return sorted(set(subjects), key=lambda subject: subject.lock_order)


def columns(subjects: Sequence[Subject]) -> tuple[list[str], list[str], list[int]]:
    """Kinds, ids and ranks, as the arguments of `unnest`."""
    return [s.kind for s in subjects], [s.id for s in subjects], [int(s.lock_order[0]) for s in subjects]
