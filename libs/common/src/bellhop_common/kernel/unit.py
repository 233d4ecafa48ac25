"""What may happen to a desk? Records, timers, ended calls and commands, each in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from bellhop_common.decision import CallEnded, Subject
from bellhop_common.kernel import outside
from bellhop_common.kernel.delivery import Delivery, Report
from bellhop_common.kernel.parking import Preamble
from bellhop_common.kernel.progress import Progress
from bellhop_common.kernel.service import Service
from bellhop_common.kernel.standing import stand_fresh, stand_parked
from bellhop_common.kernel.transaction import Outcome, Standing, Transactor, Work, incomplete
from bellhop_common.kernel.turn import Item
from bellhop_common.kernel.wiring import Wiring
from bellhop_common.messaging import inbox
from bellhop_common.postgres.database import Connection
from bellhop_common.timers import store as timers
from bellhop_common.timers.schedule import TimerRow

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True)
class Executed(Generic[StateT, EventT]):
    """What a command did; `repeated` when the same command was done before, with the state as it is now."""

    state: StateT
    events: tuple[EventT, ...]
    repeated: bool = False


class SubjectHeld(Exception):
    """An earlier event of this subject waits for a person; nothing may overtake it."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(f"{subject.kind} {subject.id} is held by a dead letter")
        self.subject = subject


class Unit(Generic[StateT, InputT, EventT]):
    def __init__(self, service: Service[StateT, InputT, EventT], wiring: Wiring) -> None:
        self._transactor = Transactor(service, wiring)
        self._service = service

    async def apply(
        self, desk: str, deliveries: Sequence[Delivery[InputT]], completes: Callable[[], Progress | None] = incomplete
    ) -> Report:
        """Records of one desk in their order: all fresh from their topics, or all parked before."""
        items = [Item(d.input, d.subject, d.cause, d, d.traceparent) for d in deliveries]
        parked = any(delivery.parked is not None for delivery in deliveries)

        async def stand(connection: Connection, known: Preamble) -> Standing[InputT]:
            return await (stand_parked(connection, items, known) if parked else stand_fresh(connection, items, known))

        return _report(len(items), await self._transactor.run(Work(desk, items, stand, completes)))

    async def fire(self, desk: str, rows: Sequence[TimerRow]) -> int:
        """How many fired. Those moved or cancelled since, or whose subject has news that waits, are left alone."""
        items: list[Item[InputT]] = [Item(row.due(), row.subject) for row in rows]

        async def stand(connection: Connection, known: Preamble) -> Standing[InputT]:
            waits = known.held.keys() | known.parked
            taken = await timers.take(connection, [row for row in rows if row.subject not in waits])
            return Standing([Item(row.due(), row.subject) for row in taken])

        return len((await self._transactor.run(Work(desk, items, stand))).turn.applied)

    async def ended(self, desk: str, ended: CallEnded, token: UUID) -> bool:
        """A call to the outside ended; False when another process has it by now."""
        items: list[Item[InputT]] = [Item(ended, ended.subject, ended.call_id)]

        async def stand(connection: Connection, _: Preamble) -> Standing[InputT]:
            return Standing(items if await outside.finish(connection, ended.call_id, token) else ())

        outcome = await self._transactor.run(Work(desk, items, stand))
        return bool(outcome.turn.applied)

    async def execute(self, desk: str, command: InputT, command_id: UUID) -> Executed[StateT, EventT]:
        """A command by HTTP, decided and answered at once. Raises `SubjectHeld`, `Unanswerable`, `Outage`."""
        subject = self._service.subject(command, "")
        items: list[Item[InputT]] = [Item(command, subject, command_id)]

        async def stand(connection: Connection, known: Preamble) -> Standing[InputT]:
            if subject in known.held:
                raise SubjectHeld(subject)
            return Standing(items if await inbox.fresh(connection, [command_id]) else ())

        outcome = await self._transactor.run(Work(desk, items, stand))
        events = tuple(emitted.event for emitted in outcome.turn.emitted)
        return Executed(outcome.turn.state, events, repeated=not outcome.turn.applied)


def _report(given: int, outcome: Outcome[StateT, InputT, EventT]) -> Report:
    applied, aside = len(outcome.turn.applied), len(outcome.turn.aside)
    return Report(applied=applied, repeats=given - applied - aside, parked=aside - outcome.dead, dead=outcome.dead)
