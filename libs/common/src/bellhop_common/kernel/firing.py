"""What if a handler fails on a timer? It is tried three times over a window; then its subject is held."""

import time
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from bellhop_common.kernel import parking
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.delivery import Origin
from bellhop_common.kernel.deskwork import DeskWork
from bellhop_common.kernel.failing import TRIES
from bellhop_common.postgres.errors import HandlerError, Outage
from bellhop_common.timers.schedule import TimerRow

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

TIMER_PLACE: Final = "timer"


class Firing(Generic[StateT, InputT, EventT]):
    """The timer itself stays in the database until it is decided; only the count of its tries is in memory."""

    def __init__(self, work: DeskWork[StateT, InputT, EventT]) -> None:
        self._work = work
        self._failed: dict[int, tuple[int, float]] = {}

    async def fire(self, desk: str, rows: Sequence[TimerRow]) -> None:
        """Raises `Outage`, and nothing else."""
        due = [row for row in rows if self._failed.get(row.generation, (0, 0.0))[1] <= time.monotonic()]
        if not due or await self._all_well(desk, due):
            return
        for row in due:
            if not await self._all_well(desk, (row,)):
                await self._failed_again(row)

    async def _all_well(self, desk: str, rows: Sequence[TimerRow]) -> bool:
        match await attempt(self._work.unit.fire(desk, rows)):
            case Outage() as outage:
                raise outage
            case HandlerError() as failure:
                kinds = sorted({row.kind for row in rows})
                self._work.log.error("timer-failed", kinds=kinds, error_class=failure.reason)
                return False
            case None:
                for row in rows:
                    self._failed.pop(row.generation, None)
                return True

    async def _failed_again(self, row: TimerRow) -> None:
        tries = self._failed.get(row.generation, (0, 0.0))[0] + 1
        pause = self._work.wiring.failure_window / (TRIES - 1)
        self._failed[row.generation] = (tries, time.monotonic() + pause)
        if tries < TRIES:
            return
        async with self._work.wiring.database.transaction() as connection:
            await parking.hold(connection, row.subject, Origin(TIMER_PLACE, 0, row.generation))
        self._failed.pop(row.generation, None)
