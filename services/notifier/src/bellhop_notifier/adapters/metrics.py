"""What do notices show to Prometheus? What becomes of them, and how long providers take. Labels are never ids."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from bellhop_common.decision import CallOutcome
from bellhop_common.kernel.service import CallResult
from bellhop_notifier.domain.events import Event
from bellhop_notifier.domain.notice import NoticeEvent

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class NotifierMetrics:
    """Counts what is encoded: an event whose transaction is tried again counts again."""

    def __init__(self) -> None:
        self.notices = Counter("support_notifier_notices", "Said of notices", ("kind", "outcome"), registry=None)
        self.send_seconds = Histogram(
            "support_notifier_send_seconds",
            "One call to a provider, with its quick tries",
            ("channel", "outcome"),
            buckets=SECONDS,
            registry=None,
        )

    def register(self, registry: CollectorRegistry) -> None:
        registry.register(self.notices)
        registry.register(self.send_seconds)

    def note(self, event: Event) -> None:
        if isinstance(event, NoticeEvent):
            self.notices.labels(kind=event.notice.kind.value, outcome=event.fact.value).inc()

    def took(self, channel: str, result: CallResult | None, seconds: float) -> None:
        """No result: in doubt, and left to its lease."""
        self.send_seconds.labels(channel=channel, outcome=_outcome(result)).observe(seconds)


def _outcome(result: CallResult | None) -> str:
    if result is None:
        return CallOutcome.IN_DOUBT.value
    return "later" if result.retry_after_seconds is not None else result.outcome.value
