"""Which metrics are there? One typed catalogue per service, `support_<service>_<noun>_<unit>`, bounded labels only."""

from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class KernelMetrics:
    """What every service shows of its delivery. Labels are topics, error classes and outcomes; never ids."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        self.registry = registry
        name = f"support_{service}"
        self.records = Counter(f"{name}_records", "Records handled", ("outcome",), registry=registry)
        self.batch_seconds = Histogram(
            f"{name}_batch_seconds", "From having a batch to its commit", buckets=SECONDS, registry=registry
        )
        self.dead_letters = Counter(
            f"{name}_dead_letters", "Records set aside for a person", ("error_class",), registry=registry
        )
        self.handler_errors = Counter(f"{name}_handler_errors", "Own errors of handlers", registry=registry)
        self.parked = Gauge(
            f"{name}_parked_records", "Records that wait in the database", ("reason",), registry=registry
        )
        self.parked_age = Gauge(
            f"{name}_parked_age_seconds", "How long the oldest of them has waited", ("reason",), registry=registry
        )
        self.calls_given_up = Counter(
            f"{name}_calls_given_up", "Calls that never had an answer", ("error_class",), registry=registry
        )
        self.lag = Gauge(f"{name}_consumer_lag_records", "Records not handled yet", ("topic",), registry=registry)
        self.progress = Gauge(f"{name}_progress_age_seconds", "Since the last progress", registry=registry)
        self.outbox_age = Gauge(f"{name}_outbox_age_seconds", "Age of the oldest unpublished event", registry=registry)
        self.outbox_rows = Gauge(f"{name}_outbox_rows", "Unpublished events", registry=registry)
        self.waiting = Gauge(f"{name}_waiting_ratio", "1 while something needed is away", registry=registry)
        build = Gauge(f"{name}_build_info", "Version", ("version",), registry=registry)
        build.labels(version=_version(service)).set(1)


def _version(service: str) -> str:
    try:
        return version(f"bellhop-{service}")
    except PackageNotFoundError:
        return "unknown"
