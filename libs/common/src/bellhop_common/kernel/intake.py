"""What happens to a batch? Each record read, each desk's share in a transaction of its own, then its place stored."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from aiokafka import ConsumerRecord

from bellhop_common.ids import natural_id
from bellhop_common.kernel import asides
from bellhop_common.kernel import progress as progress_rows
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.breaker import BreakerOpen
from bellhop_common.kernel.delivery import DeadLetter, Delivery, Parked, Place, RawRecord, Report
from bellhop_common.kernel.deskwork import DeskWork
from bellhop_common.kernel.failing import HANDLER_ERROR
from bellhop_common.kernel.inputs import Inputs, raw_record, unlocated
from bellhop_common.kernel.progress import Progress
from bellhop_common.kernel.wiring import Wiring
from bellhop_common.messaging import inbox
from bellhop_common.postgres.database import Connection, clock
from bellhop_common.postgres.errors import HandlerError, Outage, classify

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")


class Completion:
    """Whoever ends last writes the batch's place in its own transaction; `claim` is asked before each commit."""

    def __init__(self, raws: Sequence[RawRecord], shares: int) -> None:
        self._progress = _progress(raws)
        self._open = shares
        self._claimed = False

    def claim(self) -> Progress | None:
        self._claimed = self._open == 1
        return self._progress if self._claimed else None

    def share_done(self) -> None:
        self._open -= 1

    @property
    def unwritten(self) -> Progress | None:
        return None if self._claimed else self._progress


def _progress(raws: Iterable[RawRecord]) -> Progress:
    offsets: dict[Place, int] = {}
    applied: dict[Place, datetime] = {}
    oldest: dict[Place, datetime] = {}
    for raw in raws:
        offsets[raw.place] = max(offsets.get(raw.place, 0), raw.offset + 1)
        applied[raw.place] = max(applied.get(raw.place, raw.appended_at), raw.appended_at)
        oldest[raw.place] = min(oldest.get(raw.place, raw.appended_at), raw.appended_at)
    return Progress(offsets, applied, oldest)


@dataclass(frozen=True, slots=True)
class Shares(Generic[InputT]):
    """A batch taken apart: deliveries by desk in their order, and what nobody can read."""

    by_desk: dict[str, list[Delivery[InputT]]]
    letters: list[DeadLetter]


class Intake(Generic[StateT, InputT, EventT]):
    """`take` raises `Outage` when the batch must wait; everything it did until then is known as handled."""

    def __init__(
        self, inputs: Inputs[StateT, InputT, EventT], work: DeskWork[StateT, InputT, EventT], parallel: int
    ) -> None:
        self._inputs = inputs
        self._work = work
        self._wiring: Wiring = work.wiring
        self._turns = asyncio.Semaphore(parallel)

    async def take(self, records: Sequence["ConsumerRecord[bytes, bytes]"]) -> Report:
        raws = [raw_record(record, datetime.fromtimestamp(record.timestamp / 1000, UTC)) for record in records]
        match await attempt(self._take(raws)):
            case Report() as report:
                return report
            case Outage() as outage:
                raise outage
            case HandlerError() as failure:  # nothing may make the consumer skip a batch
                raise Outage(failure.error)

    async def _take(self, raws: Sequence[RawRecord]) -> Report:
        shares = await self._shares(raws)
        buried = await self.bury(shares.letters)
        completion = Completion(raws, len(shares.by_desk))
        done = await asyncio.gather(
            *(self._share(desk, deliveries, completion) for desk, deliveries in shares.by_desk.items()),
            return_exceptions=True,
        )
        report = sum((one for one in done if isinstance(one, Report)), Report(dead=buried))
        _raise_worst([one for one in done if isinstance(one, BaseException)])
        await self._write(completion.unwritten)
        return report

    async def _share(self, desk: str, deliveries: Sequence[Delivery[InputT]], completion: Completion) -> Report:
        async with self._turns:
            report = await self._work.apply(desk, deliveries, completion.claim)
        completion.share_done()
        return report

    async def _shares(self, raws: Iterable[RawRecord]) -> Shares[InputT]:
        deliveries: list[Delivery[InputT]] = []
        letters: list[DeadLetter] = []
        for raw in raws:
            match await self.read(raw):
                case DeadLetter() as letter:
                    letters.append(letter)
                case Delivery() as delivery:
                    deliveries.append(delivery)
                case None:
                    pass
        return Shares(await self.by_desk(deliveries), letters)

    async def read(self, raw: RawRecord, parked: Parked | None = None) -> Delivery[InputT] | DeadLetter | None:
        """A record on which the reading itself fails is set aside: it would stop its partition for good."""
        match await attempt(self._read(raw, parked)):
            case Outage() as outage:
                raise outage
            case HandlerError() as failure:
                self._work.log.error("reading-failed", topic=raw.topic, offset=raw.offset, error_class=failure.reason)
                return DeadLetter(raw, HANDLER_ERROR)
            case found:
                return found

    async def _read(self, raw: RawRecord, parked: Parked | None) -> Delivery[InputT] | DeadLetter | None:
        return self._inputs.read(raw, parked)

    async def by_desk(self, deliveries: Sequence[Delivery[InputT]]) -> dict[str, list[Delivery[InputT]]]:
        found: dict[str, list[Delivery[InputT]]] = {}
        for delivery, desk in zip(deliveries, await self._desks(deliveries), strict=True):
            if desk is None:
                found.setdefault("", []).append(unlocated(delivery, "place"))
            else:
                found.setdefault(desk, []).append(delivery)
        return {desk: sorted(share, key=_states_first) for desk, share in found.items()}

    async def _desks(self, deliveries: Sequence[Delivery[InputT]]) -> Sequence[str | None]:
        service = self._inputs.service
        inputs = [delivery.input for delivery in deliveries]
        if service.locate is None or not inputs:
            return [service.desk_of(one) for one in inputs]
        async with self._wiring.database.acquire() as connection:
            return await service.locate(connection, inputs)

    async def bury(self, letters: Sequence[DeadLetter]) -> int:
        """In a transaction of their own; a record read again is buried once."""
        if not letters:
            return 0
        ids = {natural_id("dead", *map(str, (*one.raw.place, one.raw.offset))): one for one in letters}
        async with self._wiring.database.transaction() as connection:
            fresh = await inbox.fresh(connection, list(ids))
            kept = [letter for identity, letter in ids.items() if identity in fresh]
            shards = await asides.bury(connection, self._wiring, kept)
            shards.update(await self._answer(connection, kept))
        self._wiring.publisher.committed(shards)
        self._count([letter for letter in kept if letter.poison is None])
        return len(kept)

    def _count(self, failed: Sequence[DeadLetter]) -> None:
        """Poison is the sender's fault; what fails on a record that can be read is ours."""
        for _ in failed:
            self._work.breaker.failed()
        if failed and self._work.breaker.is_open:
            raise BreakerOpen(HANDLER_ERROR)

    async def _answer(self, connection: Connection, letters: Sequence[DeadLetter]) -> dict[int, int]:
        """To whoever wrote what nobody can read, if the service knows how."""
        service = self._inputs.service
        events = [event for one in letters if one.poison for event in service.answer_poison(one.raw, one.poison)]
        if not events:
            return {}
        outgoing = [service.encode(event) for event in events]
        return await self._wiring.outbox.append(connection, outgoing, desk_seq=0, at=await clock(connection))

    async def _write(self, progress: Progress | None) -> None:
        if progress is not None:
            async with self._wiring.database.transaction() as connection:
                await progress_rows.write(connection, self._wiring.group, progress)


def _states_first(delivery: Delivery[InputT]) -> bool:
    """What others refer to, a desk's file above all, goes before them; topics aren't ordered with each other."""
    return not delivery.is_state


def _raise_worst(errors: Sequence[BaseException]) -> None:
    """An open breaker ends the process, so it goes before an outage, which only waits."""
    for error in sorted(errors, key=lambda one: not isinstance(one, BreakerOpen)):
        raise error if isinstance(error, (BreakerOpen, asyncio.CancelledError)) else classify(error)
