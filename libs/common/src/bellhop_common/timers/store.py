"""Where do timers lie until they are due? Rows that are set, cancelled and taken under the lock of their subject."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg

from bellhop_common.decision import CancelTimer, SetTimer, Subject
from bellhop_common.postgres.database import Connection
from bellhop_common.timers.schedule import TimerRow, last_words

SET: Final = """
INSERT INTO timers (kind, subject_kind, subject_id, desk, due_at)
SELECT kind, subject_kind, subject_id, $1, due_at
FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) WITH ORDINALITY
    AS w (kind, subject_kind, subject_id, due_at, place)
ORDER BY place
ON CONFLICT (kind, subject_kind, subject_id) DO UPDATE SET
    desk = excluded.desk, due_at = excluded.due_at, generation = excluded.generation, set_at = excluded.set_at,
    failures = 0, retry_at = NULL
"""
CANCEL: Final = """
DELETE FROM timers AS t USING unnest($1::text[], $2::text[], $3::text[]) AS w (kind, subject_kind, subject_id)
WHERE (t.kind, t.subject_kind, t.subject_id) = (w.kind, w.subject_kind, w.subject_id)
"""
# The timers of a held subject stay until it is released. A clock asked within would be asked for each that waits.
DUE: Final = """
SELECT kind, subject_kind, subject_id, desk, due_at, generation, set_at, EXISTS (
    SELECT FROM parked AS p WHERE p.subject_kind = t.subject_kind AND p.subject_id = t.subject_id) AS behind
FROM timers AS t
WHERE due_at <= $6 AND (due_at, kind, subject_kind, subject_id) > ($1, $2, $3, $4)
  AND (retry_at IS NULL OR retry_at <= $6)
  AND NOT EXISTS (SELECT 1 FROM held AS h WHERE h.subject_kind = t.subject_kind AND h.subject_id = t.subject_id)
ORDER BY due_at, kind, subject_kind, subject_id LIMIT $5
"""
# Whoever waited long for the locks doesn't know any more whether the inputs are read.
TAKE: Final = """
DELETE FROM timers AS t
USING unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS w (kind, subject_kind, subject_id, generation)
WHERE (t.kind, t.subject_kind, t.subject_id) = (w.kind, w.subject_kind, w.subject_id)
  AND t.generation = w.generation AND t.due_at <= clock_timestamp()
  AND ($5::timestamptz IS NULL OR $5 > clock_timestamp() - interval '2 seconds')
RETURNING t.kind, t.subject_kind, t.subject_id
"""
# Where two replicas failed on it at once, the second finds that it isn't due any more.
FAILED: Final = """
UPDATE timers SET failures = failures + 1, retry_at = clock_timestamp() + make_interval(secs => $2)
WHERE generation = $1 AND (retry_at IS NULL OR retry_at <= clock_timestamp())
RETURNING failures
"""
NEXT: Final = "SELECT min(due_at) FROM timers WHERE due_at > $1"


async def write(conn: Connection, desk: str, timers: Sequence[SetTimer | CancelTimer]) -> datetime | None:
    """The nearest due time set, for waking the worker after the commit. The caller holds the subjects' locks."""
    said = last_words(timers)
    to_set = [timer for timer in said if isinstance(timer, SetTimer)]
    if to_set:
        await conn.execute(SET, desk, *_names(to_set), [timer.due_at for timer in to_set])
    cancelled = [timer for timer in said if isinstance(timer, CancelTimer)]
    if cancelled:
        await conn.execute(CANCEL, *_names(cancelled))
    return min((timer.due_at for timer in to_set), default=None)


async def due(conn: Connection, by: datetime, after: TimerRow | None, limit: int) -> list[TimerRow]:
    """Without a lock, in the order of due times; `after` is the last one seen."""
    start = (datetime.min.replace(tzinfo=UTC), "", "", "") if after is None else _place(after)
    return [_row(record) for record in await conn.fetch(DUE, *start, limit, by)]


async def take(conn: Connection, rows: Sequence[TimerRow]) -> list[TimerRow]:
    """Deletes and returns those still there, unchanged, due and judged lately. The caller holds the locks."""
    if not rows:
        return []
    ordered = sorted(rows, key=lambda row: (*row.subject.lock_order, row.kind))
    judged_at = min((row.judged_at for row in rows if row.judged_at is not None), default=None)
    records = await conn.fetch(TAKE, *_names(ordered), [row.generation for row in ordered], judged_at)
    taken = {(r["kind"], Subject(r["subject_kind"], r["subject_id"])) for r in records}
    return [row for row in rows if row.name in taken]


async def failed(conn: Connection, row: TimerRow, pause: float) -> int:
    """How often its handler has failed on it by now, or 0 if that is noted already; it is due again after `pause`."""
    failures = await conn.fetchval(FAILED, row.generation, pause)
    return failures if isinstance(failures, int) else 0


async def try_anew(conn: Connection, row: TimerRow) -> None:
    """Whoever lets its subject go wants it tried as at first."""
    await conn.execute("UPDATE timers SET failures = 0, retry_at = NULL WHERE generation = $1", row.generation)


async def next_due(conn: Connection, after: datetime) -> datetime | None:
    found = await conn.fetchval(NEXT, after)
    return found if isinstance(found, datetime) else None


def _names(timers: Sequence[SetTimer | CancelTimer | TimerRow]) -> tuple[list[str], list[str], list[str]]:
    return (
        [timer.kind for timer in timers],
        [timer.subject.kind for timer in timers],
        [timer.subject.id for timer in timers],
    )


def _place(row: TimerRow) -> tuple[datetime, str, str, str]:
    return (row.due_at, row.kind, row.subject.kind, row.subject.id)


def _row(record: asyncpg.Record) -> TimerRow:
    return TimerRow(
        kind=record["kind"],
        subject=Subject(record["subject_kind"], record["subject_id"]),
        desk=record["desk"],
        due_at=record["due_at"],
        generation=record["generation"],
        set_at=record["set_at"],
        behind=record["behind"],
    )
