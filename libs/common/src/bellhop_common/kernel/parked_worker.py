"""When is a parked record tried again? When its time comes and nothing before it of its subject still waits."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, Generic, TypeVar

from bellhop_common.kernel import asides, parking
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.delivery import DeadLetter, Delivery, Report
from bellhop_common.kernel.deskwork import DeskWork
from bellhop_common.kernel.intake import Intake
from bellhop_common.kernel.parking import ParkedRow, Waiting
from bellhop_common.kernel.pauses import waited
from bellhop_common.kernel.turn import ParkReason

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

SWEEP: Final = 0.2
AFTER_FAILURE: Final = 1.0


class ParkedWorker(Generic[StateT, InputT, EventT]):
    """Any number of replicas may do this at once: what one has handled, the others find gone."""

    def __init__(self, intake: Intake[StateT, InputT, EventT], work: DeskWork[StateT, InputT, EventT]) -> None:
        self._intake = intake
        self._work = work
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Ends only with `BreakerOpen`."""
        pause = SWEEP
        while not await waited(self._stopping, pause):
            failure = await attempt(self.sweep())
            pause = SWEEP if failure is None else AFTER_FAILURE
            if failure is not None:
                self._work.log.warning("parked-records-wait", reason=failure.reason)

    def stop(self) -> None:
        self._stopping.set()

    async def sweep(self) -> None:
        async with self._work.wiring.database.acquire() as connection:
            rows = await parking.due(connection)
            self._show(await parking.waiting(connection))
        if not rows:
            return
        deliveries = await self._readable(rows)
        shares = await self._intake.by_desk(deliveries)
        failures = [await attempt(self._work.apply(desk, share)) for desk, share in shares.items()]
        for failure in failures:  # one desk that can't go on keeps no other waiting
            if not isinstance(failure, Report):
                raise failure

    def _show(self, waiting: Mapping[ParkReason, Waiting]) -> None:
        metrics = self._work.wiring.metrics
        for reason, found in waiting.items():
            metrics.parked.labels(reason=reason.value).set(found.records)
            metrics.parked_age.labels(reason=reason.value).set(found.oldest_age)

    async def _readable(self, rows: Sequence[ParkedRow]) -> list[Delivery[InputT]]:
        """What can't be read any more (a type was taken away) is a dead letter after all."""
        found = [(row, await self._intake.read(row.raw, row.parked)) for row in rows]
        gone = [(row, one) for row, one in found if one is None or isinstance(one, DeadLetter)]
        if gone:
            await self._forget(gone)
        return [one for _, one in found if isinstance(one, Delivery)]

    async def _forget(self, gone: Sequence[tuple[ParkedRow, DeadLetter | None]]) -> None:
        """Another replica may have been first."""
        wiring = self._work.wiring
        async with wiring.database.transaction() as connection:
            there = await parking.still_parked(connection, [row.parked.id for row, _ in gone])
            mine = [(row, letter) for row, letter in gone if row.parked.id in there]
            await parking.unpark(connection, [row.parked.id for row, _ in mine])
            await parking.release(connection, [row.raw.origin for row, _ in mine])
            shards = await asides.bury(connection, wiring, [letter for _, letter in mine if letter is not None])
        wiring.publisher.committed(shards)
