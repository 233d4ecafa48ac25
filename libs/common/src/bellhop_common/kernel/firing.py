"""What if a handler fails on a timer? It is tried three times over a window; then its subject is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bellhop_common.kernel import parking
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.breaker import BreakerOpen
from bellhop_common.kernel.delivery import Origin
from bellhop_common.kernel.deskwork import DeskWork
from bellhop_common.kernel.failing import TRIES
from bellhop_common.postgres.errors import HandlerError, Outage
from bellhop_common.timers import store
from bellhop_common.timers.schedule import TimerRow

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

TIMER_PLACE: Final = "timer"


@dataclass(frozen=True, slots=True)
class Firing(Generic[StateT, InputT, EventT]):
    """The timer itself, and how often its handler failed on it, stay in the database until it is decided."""

    work: DeskWork[StateT, InputT, EventT]

    async def fire(self, desk: str, rows: Sequence[TimerRow]) -> None:
        """Raises `Outage` when they must wait, `BreakerOpen` when the process must end."""
        if await self._failure(desk, rows) is None:
            return
        for row in rows:
            failure = await self._failure(desk, (row,))
            if failure is not None:
                await self._failed(row, failure)

    async def _failure(self, desk: str, rows: Sequence[TimerRow]) -> HandlerError | None:
        match await attempt(self.work.unit.fire(desk, rows)):
            case Outage() as outage:
                raise outage
            case HandlerError() as failure:
                kinds = sorted({row.kind for row in rows})
                self.work.log.error("timer-failed", kinds=kinds, error_class=failure.reason)
                return failure
            case fired:
                self.work.breaker.handled(fired)
                return None

    async def _failed(self, row: TimerRow, failure: HandlerError) -> None:
        """Each timer counts once, at its first failure, as each event does."""
        wiring = self.work.wiring
        wiring.metrics.handler_errors.inc()
        async with wiring.database.transaction() as connection:
            failures = await store.failed(connection, row, wiring.failure_window / (TRIES - 1))
            if failures >= TRIES:
                await parking.hold(connection, row.subject, Origin(TIMER_PLACE, 0, row.generation))
                await store.try_anew(connection, row)
        if failures == 1:
            self.work.breaker.failed()
            if self.work.breaker.is_open:
                raise BreakerOpen(failure.reason)
