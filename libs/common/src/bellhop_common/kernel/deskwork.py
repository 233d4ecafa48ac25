"""How is one desk's share of a batch done when a handler may fail? All at once; if that fails, one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.breaker import Breaker, BreakerOpen
from bellhop_common.kernel.delivery import Delivery, Report
from bellhop_common.kernel.failing import record_failure
from bellhop_common.kernel.progress import Progress
from bellhop_common.kernel.transaction import incomplete
from bellhop_common.kernel.unit import Unit
from bellhop_common.kernel.wiring import Wiring
from bellhop_common.observability.logging import Log
from bellhop_common.postgres.errors import HandlerError, Outage

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True)
class DeskWork(Generic[StateT, InputT, EventT]):
    unit: Unit[StateT, InputT, EventT]
    wiring: Wiring
    breaker: Breaker
    log: Log

    async def apply(
        self, desk: str, deliveries: Sequence[Delivery[InputT]], completes: Callable[[], Progress | None] = incomplete
    ) -> Report:
        """Raises `Outage` when the batch must wait, `BreakerOpen` when the process must end."""
        match await attempt(self.unit.apply(desk, deliveries, completes)):
            case Report() as report:
                self.breaker.handled(report.applied)
                return report
            case Outage() as outage:
                raise outage
            case HandlerError() as failure:
                return await self._one_by_one(desk, deliveries, failure)

    async def _one_by_one(self, desk: str, deliveries: Sequence[Delivery[InputT]], first: HandlerError) -> Report:
        if len(deliveries) == 1:
            return await self._failed(desk, deliveries[0], first)
        report = Report()
        for delivery in deliveries:
            report += await self._single(desk, delivery)
        return report

    async def _single(self, desk: str, delivery: Delivery[InputT]) -> Report:
        match await attempt(self.unit.apply(desk, (delivery,))):
            case Report() as report:
                self.breaker.handled(report.applied)
                return report
            case Outage() as outage:
                raise outage
            case HandlerError() as failure:
                return await self._failed(desk, delivery, failure)

    async def _failed(self, desk: str, delivery: Delivery[InputT], error: HandlerError) -> Report:
        report = await record_failure(self.wiring, desk, delivery, error)
        origin = delivery.raw.origin
        self.log.error(
            "handler-failed",
            topic=origin.topic,
            partition=origin.partition,
            offset=origin.offset,
            error_class=error.reason,
            dead=bool(report.dead),
        )
        if delivery.parked is None:
            self.breaker.failed()
        if self.breaker.is_open:
            raise BreakerOpen(error.reason)
        return report
