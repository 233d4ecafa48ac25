"""Which timers hold their subject because their handler fails, and how are they let go? `timer:SERVICE:NUMBER` each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from bellhop_common.commands import dead_letter_book as book
from bellhop_common.errors import Misuse
from bellhop_common.events.wire import rfc3339
from bellhop_common.kernel import parking
from bellhop_common.kernel.delivery import Origin
from bellhop_common.kernel.firing import TIMER_PLACE

PREFIX: Final = "timer:"


@dataclass(frozen=True, slots=True)
class HeldTimer:
    service: str
    generation: int
    subject: str
    kind: str | None
    since: datetime

    @property
    def id(self) -> str:
        return f"{PREFIX}{self.service}:{self.generation}"

    @property
    def told(self) -> dict[str, object]:
        named: dict[str, object] = {"id": self.id, "subject": self.subject, "timer": self.kind}
        return {**named, "error_class": "handler-error", "at": rfc3339(self.since), "settled": None}


async def held(services: Sequence[str]) -> list[HeldTimer]:
    """Of services whose tables are there."""
    found: list[HeldTimer] = []
    for service in services:
        async with book.book_of(service) as connection:
            try:
                rows = await connection.fetch(
                    """SELECT h.record_offset, h.subject_kind || ' ' || h.subject_id AS subject, h.since, t.kind
                       FROM held h LEFT JOIN timers t ON t.generation = h.record_offset
                       WHERE h.topic = $1 ORDER BY h.since""",
                    TIMER_PLACE,
                )
            except asyncpg.UndefinedTableError:
                continue
        found.extend(HeldTimer(service, r["record_offset"], r["subject"], r["kind"], r["since"]) for r in rows)
    return found


async def let_go(timer_id: str, *, discard: bool) -> None:
    """The timer fires again, or never; what waited behind it follows."""
    service, _, number = timer_id.removeprefix(PREFIX).partition(":")
    if not number.isdigit():
        raise Misuse(f"{timer_id!r} names no timer; `bellhop dead-letters list` shows their ids")
    async with book.book_of(service) as connection, connection.transaction():
        if not await parking.release(connection, [Origin(TIMER_PLACE, 0, int(number))]):
            raise Misuse(f"no timer {timer_id} is held")
        if discard:
            await connection.execute("DELETE FROM timers WHERE generation = $1", int(number))
