"""Which calls to the outside world are to be made, by whom, and whose outcome counts? All SQL on `calls`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from bellhop_common.decision import Call, Subject
from bellhop_common.postgres.database import Connection


@dataclass(frozen=True, slots=True)
class Claimed:
    """A call that is ours until its lease ends.

    `in_doubt`: an earlier attempt's outcome is unknown; `unanswered`: how many of the last ones' in a row.
    """

    call: Call
    desk: str
    token: UUID
    attempt: int
    in_doubt: bool
    unanswered: int = 0


async def add(connection: Connection, desk: str, calls: Sequence[Call]) -> None:
    """The intent, with the decision that wants it; the same call is never added twice."""
    ordered = sorted(calls, key=lambda call: call.call_id)
    await connection.execute(
        """INSERT INTO calls (call_id, kind, subject_kind, subject_id, desk, body, repeat_in_doubt, lease_seconds)
           SELECT r.call_id, r.kind, r.subject_kind, r.subject_id, $5, r.body::jsonb, r.repeat, r.lease
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $6::text[], $7::bool[], $8::float8[])
                AS r(call_id, kind, subject_kind, subject_id, body, repeat, lease)
           ON CONFLICT (call_id) DO NOTHING""",
        [call.call_id for call in ordered],
        [call.kind for call in ordered],
        [call.subject.kind for call in ordered],
        [call.subject.id for call in ordered],
        desk,
        [orjson.dumps(dict(call.body)).decode() for call in ordered],
        [call.repeat_in_doubt for call in ordered],
        [call.lease_seconds for call in ordered],
    )


CLAIM = """
WITH free AS (
    SELECT call_id FROM calls
    WHERE not_before <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp())
    ORDER BY not_before, created_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE calls SET token = $1, attempt = attempt + 1, in_doubt = in_doubt OR lease_until IS NOT NULL,
       unanswered = unanswered + (lease_until IS NOT NULL)::int,
       lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
FROM free WHERE calls.call_id = free.call_id
RETURNING calls.call_id, kind, subject_kind, subject_id, desk, body::text AS body_text, repeat_in_doubt,
          lease_seconds, attempt, in_doubt, unanswered
"""


async def claim(connection: Connection, token: UUID, limit: int) -> list[Claimed]:
    """A lease that ran out leaves its call in doubt: whoever held it may or may not have made it."""
    rows = await connection.fetch(CLAIM, token, limit)
    return [
        Claimed(
            call=Call(
                call_id=row["call_id"],
                kind=row["kind"],
                subject=Subject(row["subject_kind"], row["subject_id"]),
                body=orjson.loads(row["body_text"]),
                lease_seconds=row["lease_seconds"],
                repeat_in_doubt=row["repeat_in_doubt"],
            ),
            desk=row["desk"],
            token=token,
            attempt=row["attempt"],
            in_doubt=row["in_doubt"],
            unanswered=row["unanswered"],
        )
        for row in rows
    ]


async def still_ours(connection: Connection, claimed: Claimed) -> bool:
    """Asked just before the call is made, with half of the lease left at least."""
    found = await connection.fetchval(
        """SELECT true FROM calls WHERE call_id = $1 AND token = $2
           AND lease_until > clock_timestamp() + make_interval(secs => lease_seconds / 2)""",
        claimed.call.call_id,
        claimed.token,
    )
    return bool(found)


async def give_back(connection: Connection, claimed: Claimed) -> None:
    """Too late to make it within the lease, and nobody began it: where the token still holds, nothing is in doubt."""
    await connection.execute(
        "UPDATE calls SET token = NULL, lease_until = NULL WHERE call_id = $1 AND token = $2",
        claimed.call.call_id,
        claimed.token,
    )


async def finish(connection: Connection, call_id: UUID, token: UUID) -> bool:
    """The outcome counts only where the token still holds."""
    status = await connection.execute("DELETE FROM calls WHERE call_id = $1 AND token = $2", call_id, token)
    return bool(status == "DELETE 1")


async def again_later(connection: Connection, claimed: Claimed, seconds: float) -> None:
    """The provider said: not now. Its outcome is known, so nothing is in doubt."""
    await connection.execute(
        """UPDATE calls SET token = NULL, lease_until = NULL, unanswered = 0,
                  not_before = clock_timestamp() + make_interval(secs => $3)
           WHERE call_id = $1 AND token = $2""",
        claimed.call.call_id,
        claimed.token,
        seconds,
    )


async def unanswered(connection: Connection, claimed: Claimed, seconds: float) -> None:
    """Whether it was made nobody knows: it is made again, in doubt, but not before its lease would have ended."""
    await connection.execute(
        """UPDATE calls SET token = NULL, in_doubt = true, unanswered = unanswered + 1,
                  not_before = greatest(lease_until, clock_timestamp() + make_interval(secs => $3)), lease_until = NULL
           WHERE call_id = $1 AND token = $2""",
        claimed.call.call_id,
        claimed.token,
        seconds,
    )


async def shelve(connection: Connection, claimed: Claimed) -> None:
    """It was made: whatever becomes of its outcome, it stays in the table and is never made again."""
    await connection.execute(
        "UPDATE calls SET lease_until = NULL, not_before = 'infinity' WHERE call_id = $1 AND token = $2",
        claimed.call.call_id,
        claimed.token,
    )
