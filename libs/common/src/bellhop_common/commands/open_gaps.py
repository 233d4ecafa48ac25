"""Which keys wait for a record that never came, and how is it given up? `gap:SERVICE:NUMBER` each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from bellhop_common.commands import dead_letter_book as book
from bellhop_common.errors import Misuse
from bellhop_common.events.wire import rfc3339
from bellhop_common.kernel import gaps, parking

PREFIX: Final = "gap:"
# Most gaps close by themselves: two topics, or two replicas, are read at different speeds.
OLD_ENOUGH: Final = "10 seconds"


@dataclass(frozen=True, slots=True)
class OpenGap:
    """`number` is that of the first record that waits; `waiting` counts them."""

    service: str
    number: int
    topic: str
    key: str
    waiting: int
    since: datetime

    @property
    def id(self) -> str:
        return f"{PREFIX}{self.service}:{self.number}"

    @property
    def told(self) -> dict[str, object]:
        named: dict[str, object] = {"id": self.id, "topic": self.topic, "key": self.key, "waiting": self.waiting}
        return {**named, "error_class": "gap", "at": rfc3339(self.since), "settled": None}


async def opened(services: Sequence[str]) -> list[OpenGap]:
    """Of services whose tables are there."""
    found: list[OpenGap] = []
    for service in services:
        async with book.book_of(service) as connection:
            try:
                rows = await connection.fetch(
                    """SELECT min(id) AS number, topic, key, count(*) AS waiting, min(first_at) AS since
                       FROM parked WHERE reason = 'gap' GROUP BY topic, partition, key
                       HAVING min(first_at) < clock_timestamp() - $1::text::interval ORDER BY since""",
                    OLD_ENOUGH,
                )
            except asyncpg.UndefinedTableError:
                continue
        found.extend(_gap(service, row) for row in rows)
    return found


def _gap(service: str, row: asyncpg.Record) -> OpenGap:
    key = (row["key"] or b"").decode("utf-8", "replace")
    return OpenGap(service, row["number"], row["topic"], key, row["waiting"], row["since"])


async def give_up(gap_id: str) -> None:
    """What lacks counts as passed, and what waits goes on without it."""
    service, _, number = gap_id.removeprefix(PREFIX).partition(":")
    if not number.isdigit():
        raise Misuse(f"{gap_id!r} names no gap; `bellhop dead-letters list` shows their ids")
    async with book.book_of(service) as connection, connection.transaction():
        waiting = await parking.beyond_gap(connection, int(number))
        if waiting is None:
            raise Misuse(f"nothing waits for gap {gap_id} any more")
        await gaps.pass_over(connection, waiting)
