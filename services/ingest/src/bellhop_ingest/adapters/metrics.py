"""What does ingest show of its doors? Contacts by channel and outcome, and how long a sender waits for the answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bellhop_common.observability.metrics import SECONDS
from bellhop_ingest.application.front_desk import Answer
from bellhop_ingest.domain.admission import Admitted, Applicant
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.events import ContactParked, ContactReceived, IngestEvent, SubmissionRefused
from bellhop_ingest.domain.outcomes import Ignored, Outcome, Parked, Receipt, Refused

# A body that nobody could read says nothing of itself.
UNKNOWN: Final = "unknown"
AnswersT = TypeVar("AnswersT")


class IngestMetrics:
    """`outcome`: received and parked are new contacts; duplicate, ignored and refused only what came through a door."""

    def __init__(self, registry: CollectorRegistry) -> None:
        name = "support_ingest"
        self.contacts = Counter(f"{name}_contacts", "Arrivals", ("channel", "outcome"), registry=registry)
        self.answer_seconds = Histogram(
            f"{name}_answer_seconds", "From the front desk to a durable answer", buckets=SECONDS, registry=registry
        )
        self.group_size = Histogram(
            f"{name}_group_arrivals",
            "Arrivals in one commit",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200),
            registry=registry,
        )
        self.sockets = Gauge(f"{name}_chat_sockets", "Open chats on this replica", registry=registry)

    def sized(
        self, commit: Callable[[Sequence[Applicant]], Awaitable[AnswersT]]
    ) -> Callable[[Sequence[Applicant]], Awaitable[AnswersT]]:
        async def counted(applicants: Sequence[Applicant]) -> AnswersT:
            self.group_size.observe(len(applicants))
            return await commit(applicants)

        return counted

    def said(self, event: IngestEvent) -> None:
        match event:
            case ContactReceived(arrival=arrival):
                self.contacts.labels(arrival.channel.value, "received").inc()
            case ContactParked(parked=parked):
                self.contacts.labels(parked.arrival.channel.value, "parked").inc()
            case SubmissionRefused():
                self.contacts.labels("event", "refused").inc()
            case _:
                pass

    def answered(self, outcome: Outcome, answer: Answer, seconds: float) -> None:
        self.answer_seconds.observe(seconds)
        match answer:
            case Admitted(repeat=True):
                self.contacts.labels(_channel(outcome), "duplicate").inc()
            case Refused():
                self.contacts.labels(_channel(outcome), "refused").inc()
            case Ignored():
                self.contacts.labels(_channel(outcome), "ignored").inc()
            case _:
                pass


def _channel(outcome: Outcome) -> str:
    match outcome:
        case Arrival(channel=channel) | Parked(arrival=Arrival(channel=channel)):
            return channel.value
        case Receipt() | Ignored() | Refused():
            return UNKNOWN
        case news:
            return news.of.channel.value
