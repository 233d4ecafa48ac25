"""What do the clocks show to Prometheus? How late they fire, and what is said of them. Labels are never ids."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from bellhop_sla.domain.events import ClockEvent

LATENESS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0)


class SlaMetrics:
    """Counts what is encoded: an event whose transaction is tried again counts again."""

    def __init__(self) -> None:
        self.lateness = Histogram(
            "support_sla_timer_lateness_seconds",
            "From the later of due and ready to saying so",
            buckets=LATENESS,
            registry=None,
        )
        self.events = Counter("support_sla_clock_events", "Said of clocks", ("what", "metric", "tier"), registry=None)

    def register(self, registry: CollectorRegistry) -> None:
        registry.register(self.lateness)
        registry.register(self.events)

    def note(self, event: ClockEvent) -> None:
        self.events.labels(what=event.what, metric=event.view.metric, tier=str(event.view.tier)).inc()
        if event.late is not None:
            self.lateness.observe(event.late.total_seconds())
