"""Where does a desk stand, and what of it changed since? The desk's own row and the rows that it guards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from bellhop_common.decision import LockRank, Subject
from bellhop_common.postgres.aggregates import Row, columns
from bellhop_common.postgres.database import Connection

LOCK: Final = """
SELECT version, token, coalesce((body->>'floor')::bigint, 0) AS floor, pg_postmaster_start_time() AS run
FROM aggregates WHERE kind = 'desk' AND id = $1 FOR UPDATE
"""
CREATE: Final = """
INSERT INTO aggregates (kind, id, rank, desk, body) VALUES ('desk', $1, $2, $1, '{}') ON CONFLICT DO NOTHING
"""
EVERYTHING: Final = """
SELECT kind, id, desk, version, body FROM aggregates
WHERE desk = $1 AND kind = ANY($2) AND body IS NOT NULL ORDER BY kind, id
"""
SINCE: Final = """
SELECT kind, id, desk, version, body FROM aggregates
WHERE desk = $1 AND kind = ANY($2) AND desk_seq > $3 AND (deleted OR body IS NOT NULL) ORDER BY kind, id
"""
SAVE: Final = """
WITH bumped AS (
    UPDATE aggregates SET version = version + 1, desk_seq = version + 1, token = $2, changed_at = clock_timestamp()
    WHERE kind = 'desk' AND id = $1 RETURNING version
), saved AS (
    INSERT INTO aggregates AS a (kind, id, rank, desk, version, desk_seq, body, deleted)
    SELECT w.kind, w.id, w.rank, $1, 1, bumped.version, w.body::jsonb, w.body IS NULL
    FROM unnest($3::text[], $4::text[], $5::smallint[], $6::text[]) AS w (kind, id, rank, body), bumped
    ORDER BY w.rank, w.kind COLLATE "C", w.id COLLATE "C"
    ON CONFLICT (kind, id) DO UPDATE SET
        desk = excluded.desk, version = a.version + 1, desk_seq = excluded.desk_seq,
        body = excluded.body, deleted = excluded.deleted, changed_at = clock_timestamp()
    WHERE a.desk = excluded.desk
    RETURNING 1
)
SELECT version, (SELECT count(*) FROM saved) AS written, pg_postmaster_start_time() AS run FROM bumped
"""
# What another desk has given up may move here. Its caches that haven't seen the tombstone must read all anew.
GIVEN_UP: Final = """
SELECT a.kind, a.id, a.desk, a.deleted FROM unnest($2::text[], $3::text[]) AS w (kind, id)
JOIN aggregates AS a USING (kind, id) WHERE a.desk <> $1
"""
RAISE_FLOORS: Final = """
UPDATE aggregates SET body = jsonb_build_object('floor', version) WHERE kind = 'desk' AND id = ANY($1)
"""
TAKE_OVER: Final = """
UPDATE aggregates AS a SET
    desk = $1, version = a.version + 1, desk_seq = $2, body = w.body::jsonb, deleted = w.body IS NULL,
    changed_at = clock_timestamp()
FROM unnest($3::text[], $4::text[], $5::text[]) AS w (kind, id, body)
WHERE a.kind = w.kind AND a.id = w.id AND a.desk <> $1 AND a.deleted
"""
SWEEP: Final = """
WITH swept AS (
    DELETE FROM aggregates WHERE desk = $1 AND deleted AND changed_at < $2 RETURNING desk_seq
)
UPDATE aggregates SET body = jsonb_build_object('floor', greatest(
    (SELECT max(desk_seq) FROM swept), coalesce((body->>'floor')::bigint, 0)))
WHERE kind = 'desk' AND id = $1 AND EXISTS (SELECT 1 FROM swept)
"""


@dataclass(frozen=True, slots=True)
class DeskRow:
    """`token` names the process that wrote last. No tombstone at or below `floor` is left.

    `run` is when this server was started. Within one run nothing that was committed is forgotten; another server, or
    the same one restored, may know of other commits under the same versions.
    """

    version: int
    token: UUID | None
    floor: int
    run: datetime


class OfAnotherDesk(Exception):
    """A desk's lock guards its own rows only."""

    def __init__(self, subject: Subject, desk: str) -> None:
        super().__init__(f"{subject.kind} {subject.id} belongs to desk {desk}")
        self.subject = subject
        self.desk = desk


async def lock(conn: Connection, desk: str) -> DeskRow:
    record = await conn.fetchrow(LOCK, desk)
    if record is None:
        await conn.execute(CREATE, desk, LockRank.DESK)
        record = await conn.fetchrow(LOCK, desk)
    assert record is not None  # noqa: S101 - a desk's row is never deleted
    return DeskRow(record["version"], record["token"], record["floor"], record["run"])


async def changed(conn: Connection, desk: str, kinds: Sequence[str], since: int | None) -> list[Row]:
    """All rows of these kinds, or with `since` only those written, or deleted, after that version."""
    if since is None:
        records = await conn.fetch(EVERYTHING, desk, kinds)
    else:
        records = await conn.fetch(SINCE, desk, kinds, since)
    return [Row(Subject(r["kind"], r["id"]), r["desk"], r["version"], r["body"]) for r in records]


async def save(conn: Connection, desk: str, token: UUID, rows: Sequence[Row]) -> DeskRow:
    """Under the desk's lock: counts its version up and writes these rows at it; gives where the desk stands then."""
    ordered = sorted(rows, key=lambda row: row.subject.lock_order)
    kinds, ids, ranks = columns([row.subject for row in ordered])
    bodies = [None if row.body is None else orjson.dumps(row.body).decode() for row in ordered]
    record = await conn.fetchrow(SAVE, desk, token, kinds, ids, ranks, bodies)
    assert record is not None  # noqa: S101 - the desk's row is locked, so it is there
    version = int(record["version"])
    if record["written"] < len(ordered):
        await _move_here(conn, desk, kinds, ids)
        await conn.execute(TAKE_OVER, desk, version, kinds, ids, bodies)
    return DeskRow(version, token, 0, record["run"])


async def _move_here(conn: Connection, desk: str, kinds: list[str], ids: list[str]) -> None:
    """Raises `OfAnotherDesk` for what lives there."""
    records = await conn.fetch(GIVEN_UP, desk, kinds, ids)
    living = [record for record in records if not record["deleted"]]
    if living:
        raise OfAnotherDesk(Subject(living[0]["kind"], living[0]["id"]), living[0]["desk"])
    await conn.execute(RAISE_FLOORS, sorted({record["desk"] for record in records}))


async def sweep_tombstones(conn: Connection, desk: str, before: datetime) -> None:
    """Under the desk's lock; a cache older than the newest tombstone swept reads the desk anew."""
    await lock(conn, desk)
    await conn.execute(SWEEP, desk, before)
