"""When is a parked record tried again? When its time comes and nothing before it of its subject still waits."""

import asyncio
from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from bellhop_common.kernel import asides, parking
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.delivery import DeadLetter, Delivery
from bellhop_common.kernel.deskwork import DeskWork
from bellhop_common.kernel.inputs import Inputs
from bellhop_common.kernel.intake import Intake
from bellhop_common.kernel.parking import ParkedRow
from bellhop_common.kernel.pauses import waited

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

SWEEP: Final = 0.2
AFTER_FAILURE: Final = 1.0


class ParkedWorker(Generic[StateT, InputT, EventT]):
    """Any number of replicas may do this at once: what one has handled, the others find gone."""

    def __init__(
        self,
        inputs: Inputs[StateT, InputT, EventT],
        intake: Intake[StateT, InputT, EventT],
        work: DeskWork[StateT, InputT, EventT],
    ) -> None:
        self._inputs = inputs
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
            self._work.wiring.metrics.parked.set(await parking.count(connection))
        if not rows:
            return
        deliveries = await self._readable(rows)
        for desk, share in (await self._intake.by_desk(deliveries)).items():
            await self._work.apply(desk, share)

    async def _readable(self, rows: Sequence[ParkedRow]) -> list[Delivery[InputT]]:
        """What can't be read any more (a type was taken away) is a dead letter after all."""
        found = [(row, self._inputs.read(row.raw, row.parked)) for row in rows]
        gone = [(row, one) for row, one in found if not isinstance(one, Delivery)]
        if gone:
            await self._forget([row for row, _ in gone], [one for _, one in gone if isinstance(one, DeadLetter)])
        return [one for _, one in found if isinstance(one, Delivery)]

    async def _forget(self, rows: Sequence[ParkedRow], letters: Sequence[DeadLetter]) -> None:
        wiring = self._work.wiring
        async with wiring.database.transaction() as connection:
            await parking.unpark(connection, [row.parked.id for row in rows])
            await parking.release(connection, [row.raw.origin for row in rows])
            shards = await asides.bury(connection, wiring, letters)
        wiring.publisher.committed(shards)
