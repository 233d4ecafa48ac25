"""What does every transaction of a service work with? Its database, its outbox and who to wake afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.observability.metrics import KernelMetrics
from bellhop_common.postgres.database import Database
from bellhop_common.postgres.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Wiring:
    """`failure_window` and `reference_patience` in seconds; `timer_set` and `call_made` wake their workers."""

    service: str
    group: str
    database: Database
    outbox: Outbox
    metrics: KernelMetrics
    publisher: CombiningPublisher
    failure_window: float
    reference_patience: float
    timer_set: Callable[[datetime], None]
    call_made: Callable[[], None]
