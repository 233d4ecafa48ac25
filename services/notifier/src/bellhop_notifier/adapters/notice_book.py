"""Which notices are there? Reads for people, and forgetting what is over; nothing here decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bellhop_common.kernel.codec import Codec
from bellhop_common.postgres.database import Database
from bellhop_notifier.domain.customers import Customer
from bellhop_notifier.domain.notice import Notice

ONE: Final = "SELECT body FROM aggregates WHERE kind = 'notice' AND id = $1 AND body IS NOT NULL"
OF_CONVERSATION: Final = """
SELECT body FROM aggregates WHERE kind = 'notice' AND body ->> 'conversation_id' = $1 ORDER BY body ->> 'due_at', id
"""
WAITING: Final = """
SELECT body FROM aggregates WHERE kind = 'notice' AND body ->> 'life' IN ('scheduled', 'deferred')
ORDER BY body ->> 'due_at', id LIMIT $1
"""
GREETINGS: Final = """
SELECT body FROM aggregates WHERE kind = 'customer' AND body -> 'planned' <> '[]'::jsonb
ORDER BY body -> 'planned' -> 0 ->> 'due_at', id LIMIT $1
"""
FORGET: Final = """
DELETE FROM aggregates WHERE (kind, id) IN (
    SELECT kind, id FROM aggregates
    WHERE kind IN ('notice', 'sent') AND changed_at < clock_timestamp() - $1::interval
      AND coalesce(body ->> 'life', 'sent') NOT IN ('scheduled', 'deferred', 'sending')
    LIMIT 1000 FOR UPDATE SKIP LOCKED
)
"""
_notices = Codec(Notice)
_customers = Codec(Customer)


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    """`due_at` of a greeting that isn't scheduled yet is the beginning of its day."""

    due_at: datetime
    kind: str
    state: str
    recipient: str
    desk: str | None
    conversation_id: UUID | None = None


class NoticeBook:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, notice_id: UUID) -> Notice | None:
        async with self._database.acquire() as connection:
            body = await connection.fetchval(ONE, str(notice_id))
        return None if body is None else _notice(body)

    async def of_conversation(self, conversation_id: UUID) -> Sequence[Notice]:
        async with self._database.acquire() as connection:
            rows = await connection.fetch(OF_CONVERSATION, str(conversation_id))
        return [_notice(row["body"]) for row in rows]

    async def plan(self, limit: int) -> list[PlannedNotice]:
        async with self._database.acquire() as connection:
            waiting = await connection.fetch(WAITING, limit)
            greetings = await connection.fetch(GREETINGS, limit)
        known = [_waiting(_notice(row["body"])) for row in waiting]
        coming = [one for row in greetings for one in _greetings(_customer(row["body"]))]
        return sorted([*known, *coming], key=lambda one: one.due_at)[:limit]

    async def forget(self, older_than: timedelta) -> int:
        """One portion of what has ended; which greetings somebody had stays with the customer."""
        async with self._database.transaction() as connection:
            return int((await connection.execute(FORGET, older_than)).rpartition(" ")[2])


def _notice(body: dict[str, object]) -> Notice:
    found = _notices.load(body)
    if not isinstance(found, Notice):
        raise TypeError(type(found).__name__)
    return found


def _customer(body: dict[str, object]) -> Customer:
    found = _customers.load(body)
    if not isinstance(found, Customer):
        raise TypeError(type(found).__name__)
    return found


def _waiting(notice: Notice) -> PlannedNotice:
    return PlannedNotice(
        due_at=notice.until or notice.due_at,
        kind=notice.kind.value,
        state=notice.life.value,
        recipient=f"{notice.recipient.kind} {notice.recipient.id}",
        desk=notice.desk,
        conversation_id=notice.conversation_id,
    )


def _greetings(customer: Customer) -> Iterable[PlannedNotice]:
    for one in customer.planned:
        yield PlannedNotice(one.due_at, one.occasion, "planned", f"customer {customer.customer_id}", customer.desk)
