"""How does one desk's turn become fact? Lock, drop what was handled, decide, write everything, commit: once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from bellhop_common.decision import SetTimer, Subject
from bellhop_common.kernel import asides, outside, parking
from bellhop_common.kernel import progress as progress_rows
from bellhop_common.kernel.parking import Preamble
from bellhop_common.kernel.progress import Progress
from bellhop_common.kernel.service import Service
from bellhop_common.kernel.state import Written
from bellhop_common.kernel.turn import Aside, Item, NoDeskYet, Obstacles, Turn, take_turn
from bellhop_common.kernel.wiring import Wiring
from bellhop_common.postgres.database import Connection
from bellhop_common.postgres.errors import Outage
from bellhop_common.postgres.outbox import Cause
from bellhop_common.timers import store as timers

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True)
class Standing(Generic[InputT]):
    """What is left to decide under the locks; `beyond` came ahead of its sequence, `queued` is what to stay behind."""

    items: Sequence[Item[InputT]]
    beyond: Sequence[Aside[InputT]] = ()
    queued: AbstractSet[tuple[Subject, str]] = frozenset()
    repeated_parked: Sequence[int] = ()


Prepare = Callable[[Connection, Preamble], Awaitable[Standing[InputT]]]


def incomplete() -> Progress | None:
    return None


@dataclass(frozen=True, slots=True)
class Work(Generic[InputT]):
    """What one transaction is about: `prepare` runs under the locks, `completes` just before the commit."""

    desk: str
    items: Sequence[Item[InputT]]
    prepare: Prepare[InputT]
    completes: Callable[[], Progress | None] = incomplete


@dataclass(frozen=True, slots=True)
class Outcome(Generic[StateT, InputT, EventT]):
    turn: Turn[StateT, InputT, EventT]
    shards: Mapping[int, int] = field(default_factory=dict)
    dead: int = 0


class Transactor(Generic[StateT, InputT, EventT]):
    """Runs one `Work` as one transaction. Errors come out as they are; nothing is written then."""

    def __init__(self, service: Service[StateT, InputT, EventT], wiring: Wiring) -> None:
        self._service = service
        self._wiring = wiring

    async def run(self, work: Work[InputT]) -> Outcome[StateT, InputT, EventT]:
        store = self._service.store
        try:
            async with self._wiring.database.transaction() as connection:
                outcome, written = await self._inside(connection, work)
        except NoDeskYet as error:
            store.dropped(work.desk)
            raise Outage(error, f"no desk file applied yet: {error.desk}") from error
        except BaseException:
            store.dropped(work.desk)
            raise
        store.committed(work.desk, outcome.turn.state, written)
        self._wake(outcome)
        return outcome

    async def _inside(
        self, connection: Connection, work: Work[InputT]
    ) -> tuple[Outcome[StateT, InputT, EventT], Written]:
        store = self._service.store
        inputs = [item.input for item in work.items if item.delivery is None or item.delivery.missing is None]
        before = await store.open(connection, work.desk, inputs)
        known = await self._preamble(connection, work.items)
        standing = await work.prepare(connection, known)
        obstacles = Obstacles(known.held, set(standing.queued))
        turn = take_turn(Turn(before), self._service.decide, standing.items, known.now, obstacles)
        turn.aside.extend(standing.beyond)
        written = await store.write(connection, work.desk, before, turn.state)
        shards = await self._record(connection, work.desk, turn, written.desk_seq, known.now)
        settling = asides.Settling(work.desk, turn, known, self._wiring.reference_patience)
        letters = await asides.settle(connection, settling)
        shards.update(await asides.bury(connection, self._wiring, letters))
        await parking.unpark(connection, standing.repeated_parked)
        await self._complete(connection, work)
        return Outcome(turn, shards, len(letters)), written

    async def _preamble(self, connection: Connection, items: Sequence[Item[InputT]]) -> Preamble:
        deliveries = [item.delivery for item in items if item.delivery is not None]
        places = {delivery.raw.place for delivery in deliveries if delivery.parked is None}
        own = [delivery.parked.id for delivery in deliveries if delivery.parked is not None]
        asked = parking.Question(
            subjects=list({item.subject for item in items}),
            places=sorted(places),
            group=self._wiring.group,
            own=own,
        )
        return await parking.preamble(connection, asked)

    async def _record(
        self, connection: Connection, desk: str, turn: Turn[StateT, InputT, EventT], desk_seq: int, now: datetime
    ) -> dict[int, int]:
        if turn.timers:
            await timers.write(connection, desk, turn.timers)
        if turn.calls:
            await outside.add(connection, desk, turn.calls)
        shards: dict[int, int] = {}
        if turn.emitted:
            outgoing = [self._service.encode(emitted.event) for emitted in turn.emitted]
            causes = [Cause(emitted.cause, emitted.traceparent) for emitted in turn.emitted]
            numbered = self._wiring.outbox.append(connection, outgoing, desk_seq=desk_seq, at=now, causes=causes)
            shards.update(await numbered)
        return shards

    async def _complete(self, connection: Connection, work: Work[InputT]) -> None:
        progress = work.completes()
        if progress is not None:
            await progress_rows.write(connection, self._wiring.group, progress)

    def _wake(self, outcome: Outcome[StateT, InputT, EventT]) -> None:
        self._wiring.publisher.committed(outcome.shards)
        due = [timer.due_at for timer in outcome.turn.timers if isinstance(timer, SetTimer)]
        if due:
            self._wiring.timer_set(min(due))
        if outcome.turn.calls:
            self._wiring.call_made()
