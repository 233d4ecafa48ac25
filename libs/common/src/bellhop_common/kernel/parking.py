"""Which records wait in the database, why, and when are they tried again? All SQL on `parked` and `held`."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from asyncpg import Record

from bellhop_common.decision import Subject
from bellhop_common.kernel.delivery import Origin, Parked, Place, RawRecord, RecordHeaders
from bellhop_common.kernel.turn import ParkReason
from bellhop_common.messaging.inbox import Stored
from bellhop_common.postgres.database import Connection


@dataclass(frozen=True, slots=True)
class ToPark:
    """`retry_in` and `attempts` decide when a parked record is tried again and how often it failed."""

    desk: str
    subject: Subject
    raw: RawRecord
    reason: ParkReason
    retry_in: float
    missing: str | None = None
    attempts: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ParkedRow:
    desk: str
    subject: Subject
    raw: RawRecord
    parked: Parked


def encode_headers(headers: RecordHeaders) -> str:
    return orjson.dumps([[name, _encode_value(value)] for name, value in headers]).decode()


def decode_headers(text: str) -> RecordHeaders:
    return tuple((name, _decode_value(value)) for name, value in orjson.loads(text))


def _encode_value(value: bytes | None) -> str | dict[str, str] | None:
    if value is None:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}
    return {"b64": base64.b64encode(value).decode()} if "\0" in text else text


def _decode_value(value: str | dict[str, str] | None) -> bytes | None:
    match value:
        case None:
            return None
        case str():
            return value.encode()
        case dict():
            return base64.b64decode(value["b64"])


PARK = """
INSERT INTO parked (desk, subject_kind, subject_id, topic, partition, record_offset, key, headers, value,
                    appended_at, reason, missing, attempts, error, first_at, retry_at)
SELECT r.desk, r.kind, r.id, r.topic, r.partition, r.record_offset, r.key, r.headers::jsonb, r.value,
       r.appended_at, r.reason, r.missing, r.attempts, r.error,
       clock_timestamp(), clock_timestamp() + make_interval(secs => r.retry_in)
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bytea[], $8::text[],
            $9::bytea[], $10::timestamptz[], $11::text[], $12::text[], $13::int[], $14::text[], $15::float8[])
     WITH ORDINALITY AS r(desk, kind, id, topic, partition, record_offset, key, headers, value, appended_at,
                          reason, missing, attempts, error, retry_in, place)
ORDER BY r.place
ON CONFLICT (topic, partition, record_offset) DO NOTHING
"""


async def park(connection: Connection, rows: Sequence[ToPark]) -> None:
    """In the order given; a record that is parked already stays as it is."""
    if not rows:
        return
    columns = zip(
        *(
            (
                row.desk, row.subject.kind, row.subject.id, row.raw.topic, row.raw.partition, row.raw.offset,
                row.raw.key, encode_headers(row.raw.headers), row.raw.value, row.raw.appended_at, row.reason.value,
                row.missing, row.attempts, row.error, row.retry_in,
            )
            for row in rows
        ),
        strict=True,
    )  # fmt: skip
    await connection.execute(PARK, *(list(column) for column in columns))


async def still_parked(connection: Connection, ids: Sequence[int]) -> set[int]:
    rows = await connection.fetch("SELECT id FROM parked WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE", ids)
    return {row["id"] for row in rows}


async def unpark(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        await connection.execute("DELETE FROM parked WHERE id = ANY($1::bigint[])", sorted(ids))


async def try_later(
    connection: Connection, ids: Sequence[int], delays: Sequence[float], error: str | None = None
) -> None:
    """Counts an attempt where `error` names one."""
    if ids:
        await connection.execute(
            """UPDATE parked SET retry_at = clock_timestamp() + make_interval(secs => r.delay),
                      attempts = attempts + CASE WHEN $3::text IS NULL THEN 0 ELSE 1 END, error = coalesce($3, error)
               FROM unnest($1::bigint[], $2::float8[]) AS r(id, delay) WHERE parked.id = r.id""",
            list(ids),
            list(delays),
            error,
        )


# What fails holds its subject itself; a replayed record may be what its subject is held by.
DUE = """
SELECT p.*, p.headers::text AS headers_text FROM parked p
WHERE p.retry_at <= clock_timestamp()
  AND (p.reason = 'failing' OR p.topic LIKE '%.retry' OR NOT EXISTS (
       SELECT FROM held h WHERE h.subject_kind = p.subject_kind AND h.subject_id = p.subject_id))
  AND NOT EXISTS (SELECT FROM parked e WHERE e.subject_kind = p.subject_kind AND e.subject_id = p.subject_id
                  AND e.topic = p.topic AND (e.id < p.id OR p.reason = 'gap') AND e.reason <> 'gap'
                  AND e.retry_at > clock_timestamp())
ORDER BY p.reason = 'gap', p.id LIMIT $1
"""


async def due(connection: Connection, limit: int = 500) -> list[ParkedRow]:
    """What may be tried now: not held, and nothing before it in its subject and topic waits longer.

    Those beyond a gap come last: all others of their key were in sequence when they came.
    """
    return [_row(record) for record in await connection.fetch(DUE, limit)]


async def beyond_gap(connection: Connection, number: int) -> RawRecord | None:
    """The record parked under this number, if it waits for a gap to close."""
    found = await connection.fetchrow(
        "SELECT p.*, p.headers::text AS headers_text FROM parked p WHERE p.id = $1 AND p.reason = 'gap'", number
    )
    return None if found is None else _row(found).raw


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many records wait for one reason, and for how many seconds the oldest of them has."""

    records: int = 0
    oldest_age: float = 0.0


WAITING = """
SELECT reason, count(*) AS records, extract(epoch FROM clock_timestamp() - min(first_at))::float8 AS age
FROM parked GROUP BY reason
"""


async def waiting(connection: Connection) -> dict[ParkReason, Waiting]:
    """By every reason there is."""
    found = {row["reason"]: Waiting(row["records"], row["age"]) for row in await connection.fetch(WAITING)}
    return {reason: found.get(reason.value, Waiting()) for reason in ParkReason}


async def hurry(connection: Connection, topic: str, key: bytes | None) -> None:
    """A gap of this key may have closed: what waits beyond it is looked at now."""
    await connection.execute(
        """UPDATE parked SET retry_at = clock_timestamp()
           WHERE reason = 'gap' AND topic = $1 AND key IS NOT DISTINCT FROM $2""",
        topic,
        key,
    )


def _row(record: Record) -> ParkedRow:
    raw = RawRecord(
        topic=record["topic"],
        partition=record["partition"],
        offset=record["record_offset"],
        key=record["key"],
        value=record["value"],
        headers=decode_headers(record["headers_text"]),
        appended_at=record["appended_at"],
    )
    parked = Parked(record["id"], record["reason"], record["attempts"], record["first_at"])
    return ParkedRow(record["desk"], Subject(record["subject_kind"], record["subject_id"]), raw, parked)


async def hold(connection: Connection, subject: Subject, origin: Origin) -> None:
    await connection.execute(
        """INSERT INTO held (subject_kind, subject_id, topic, partition, record_offset, since)
           VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (subject_kind, subject_id) DO NOTHING""",
        subject.kind,
        subject.id,
        origin.topic,
        origin.partition,
        origin.offset,
    )


async def release(connection: Connection, origins: Iterable[Origin]) -> int:
    """Frees what these records hold, and lets what waited behind them go at once."""
    places = list(origins)
    if not places:
        return 0
    freed = await connection.fetch(
        """WITH freed AS (
               DELETE FROM held USING unnest($1::text[], $2::int[], $3::bigint[]) AS r(topic, partition, record_offset)
               WHERE (held.topic, held.partition, held.record_offset) = (r.topic, r.partition, r.record_offset)
               RETURNING held.subject_kind, held.subject_id
           ), woken AS (
               UPDATE parked AS p SET retry_at = clock_timestamp() FROM freed
               WHERE (p.subject_kind, p.subject_id) = (freed.subject_kind, freed.subject_id)
                 AND p.reason <> 'failing' AND p.retry_at > clock_timestamp()
           )
           SELECT FROM freed""",
        [place.topic for place in places],
        [place.partition for place in places],
        [place.offset for place in places],
    )
    return len(freed)


PREAMBLE = """
SELECT 'now' AS what, '' AS kind, '' AS id, '' AS topic, 0 AS partition, 0::bigint AS number, clock_timestamp() AS at
UNION ALL
SELECT 'held', h.subject_kind, h.subject_id, h.topic, h.partition, h.record_offset, NULL
FROM held h JOIN unnest($1::text[], $2::text[]) AS s(kind, id) ON (h.subject_kind, h.subject_id) = (s.kind, s.id)
UNION ALL
SELECT DISTINCT CASE p.reason WHEN 'gap' THEN 'beyond' ELSE 'queued' END, p.subject_kind, p.subject_id, p.topic,
       0, 0::bigint, NULL::timestamptz
FROM parked p JOIN unnest($1::text[], $2::text[]) AS s(kind, id) ON (p.subject_kind, p.subject_id) = (s.kind, s.id)
WHERE p.id <> ALL($3::bigint[])
UNION ALL
SELECT 'next', '', '', n.topic, n.partition, n.next_offset, m.applied_at
FROM next_offsets n JOIN unnest($5::text[], $6::int[]) AS r(topic, partition) USING (topic, partition)
LEFT JOIN input_marks m USING (topic, partition)
WHERE n.group_id = $4
"""


@dataclass(frozen=True, slots=True)
class Preamble:
    """What one query tells a transaction that has its locks.

    `queued` are subjects and topics whose parked records go before all others, `beyond` those parked beyond a gap.
    """

    now: datetime
    held: dict[Subject, Origin]
    queued: set[tuple[Subject, str]]
    beyond: set[tuple[Subject, str]]
    next_offsets: dict[Place, Stored]

    @property
    def parked(self) -> set[Subject]:
        return {subject for subject, _ in self.queued | self.beyond}


@dataclass(frozen=True, slots=True)
class Question:
    """`own` are the parked records that this is about."""

    subjects: Sequence[Subject]
    places: Sequence[Place]
    group: str
    own: Sequence[int] = ()


async def preamble(connection: Connection, asked: Question) -> Preamble:
    """Ask once, after locking: the database's time, who is held, what is parked, and how far each partition got."""
    rows = await connection.fetch(
        PREAMBLE,
        [subject.kind for subject in asked.subjects],
        [subject.id for subject in asked.subjects],
        list(asked.own),
        asked.group,
        [topic for topic, _ in asked.places],
        [partition for _, partition in asked.places],
    )
    found = Preamble(now=rows[0]["at"], held={}, queued=set(), beyond=set(), next_offsets={})
    for row in rows[1:]:
        match row["what"]:
            case "held":
                origin = Origin(row["topic"], row["partition"], row["number"])
                found.held[Subject(row["kind"], row["id"])] = origin
            case "queued":
                found.queued.add((Subject(row["kind"], row["id"]), row["topic"]))
            case "beyond":
                found.beyond.add((Subject(row["kind"], row["id"]), row["topic"]))
            case _:
                found.next_offsets[(row["topic"], row["partition"])] = Stored(row["number"], row["at"])
    return found
