"""What does one process do with its partitions? Take batches, wait out outages, note how far it is, never sit still."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bellhop_common.kernel.breaker import BreakerOpen
from bellhop_common.kernel.intake import Intake
from bellhop_common.kernel.pauses import waited
from bellhop_common.kernel.positions import Positions
from bellhop_common.kernel.turn import NoDeskYet
from bellhop_common.messaging.assignment import READER, TopicRecreated
from bellhop_common.messaging.consumer import Records
from bellhop_common.observability.health import Health
from bellhop_common.observability.metrics import KernelMetrics
from bellhop_common.postgres.errors import Outage

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 0.5
STATES_FIRST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    health: Health
    metrics: KernelMetrics
    positions: Positions


@dataclass(frozen=True, slots=True)
class Hands:
    """`fatal` ends the process; `states_first` lets the compacted topics be read while the others stand still."""

    fatal: Callable[[Exception], None]
    states_first: Callable[[float], None]


class BatchLoop(Generic[StateT, InputT, EventT]):
    """`take` is FastStream's handler: it returns when the batch is handled for good."""

    def __init__(self, intake: Intake[StateT, InputT, EventT], seen: Seen, hands: Hands) -> None:
        self._intake = intake
        self._seen = seen
        self._hands = hands
        self._given_up = asyncio.Event()

    def give_up(self) -> None:
        """An outage is waited for no longer: the process stops, and the batch comes again elsewhere."""
        self._given_up.set()

    async def take(self, records: Records) -> None:
        with self._seen.positions.in_hand():
            await self._insist(records)

    async def _insist(self, records: Records) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._once(records)
                return self._seen.health.go_on(READER)
            except BreakerOpen as error:
                self._hands.fatal(error)
                raise
            except Outage as outage:
                if isinstance(outage.error, TopicRecreated):
                    self._hands.fatal(outage.error)
                    raise
                self._wait(outage, pause)
                if isinstance(outage.error, NoDeskYet):  # its file may be in the very next batch
                    self._hands.states_first(STATES_FIRST)
                    raise
                if await waited(self._given_up, pause):
                    raise
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _once(self, records: Records) -> None:
        began = time.monotonic()
        report = await self._intake.take(records)
        metrics = self._seen.metrics
        metrics.batch_seconds.observe(time.monotonic() - began)
        metrics.records.labels(outcome="applied").inc(report.applied)
        metrics.records.labels(outcome="repeat").inc(report.repeats)
        metrics.records.labels(outcome="parked").inc(report.parked)
        metrics.records.labels(outcome="dead").inc(report.dead)
        self._seen.positions.handled(records)

    def _wait(self, outage: Outage, pause: float) -> None:
        self._seen.positions.moved()
        if pause > FIRST_PAUSE or isinstance(outage.error, NoDeskYet):
            self._seen.health.wait(READER, outage.reason)
