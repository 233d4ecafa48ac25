"""What does routing show to Prometheus? Labels are never ids of work or people."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bellhop_router.domain import events as e

WAITS = (0.1, 1, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400)
ENDS = {
    e.OfferAccepted: "accepted",
    e.OfferDeclined: "declined",
    e.OfferExpired: "expired",
    e.OfferRescinded: "rescinded",
}


class RouterMetrics:
    """Counts what is encoded: an event whose transaction is tried again counts again."""

    def __init__(self) -> None:
        by_queue = ("desk", "queue")
        self.queued = Counter("support_router_items_queued", "Work items opened", (*by_queue, "channel"), registry=None)
        self.offers = Counter(
            "support_router_offers", "Offers by how they ended", (*by_queue, "outcome"), registry=None
        )
        self.escalations = Counter("support_router_escalations", "Moves up a tier", (*by_queue, "tier"), registry=None)
        self.abandoned = Counter("support_router_items_abandoned", "Customers who left first", by_queue, registry=None)
        self.rejected = Counter("support_router_commands_rejected", "Commands without effect", ("code",), registry=None)
        self.waiting = Gauge("support_router_queue_items", "Items that wait", by_queue, registry=None)
        self.waited = Histogram(
            "support_router_wait_seconds", "From queued to offered", by_queue, buckets=WAITS, registry=None
        )

    def register(self, registry: CollectorRegistry) -> None:
        for metric in (self.queued, self.offers, self.escalations, self.abandoned, self.rejected, self.waiting):
            registry.register(metric)
        registry.register(self.waited)

    def note(self, event: e.RouterEvent) -> None:
        match event:
            case e.QueueChanged():
                self.waiting.labels(event.desk, event.queue).set(event.waiting)
            case e.Rejected(code=code):
                self.rejected.labels(code).inc()
            case e.WorkEvent(about=about):
                self._work(event, about)
            case _:
                pass

    def _work(self, event: e.WorkEvent, about: e.About) -> None:
        outcome = ENDS.get(type(event))
        if outcome is not None:
            self.offers.labels(about.desk, about.queue, outcome).inc()
        match event:
            case e.Queued():
                self.queued.labels(about.desk, about.queue, about.channel).inc()
            case e.Offered(placed=placed):
                self.waited.labels(about.desk, about.queue).observe(placed.waited_seconds)
            case e.Escalated(to_tier=tier):
                self.escalations.labels(about.desk, about.queue, str(tier)).inc()
            case e.Abandoned():
                self.abandoned.labels(about.desk, about.queue).inc()
            case _:
                pass
