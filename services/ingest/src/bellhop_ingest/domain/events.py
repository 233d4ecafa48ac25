"""What does ingest say has happened? Field for field what goes on the wire, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.documents import Conversation, Customer, Door
from bellhop_ingest.domain.outcomes import FieldError, Parked, Receipt
from bellhop_ingest.domain.triage import Triage


@dataclass(frozen=True, slots=True)
class ContactReceived:
    contact_id: UUID
    provider_message_id: str
    arrival: Arrival
    door: Door
    conversation: Conversation
    customer: Customer
    is_new_conversation: bool
    received_at: datetime
    triage: Triage


@dataclass(frozen=True, slots=True)
class ContactParked:
    contact_id: UUID
    provider_message_id: str
    parked: Parked
    door: Door
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ContactUpdated:
    contact_id: UUID
    conversation_id: UUID
    door: Door
    change: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ContactAbandoned:
    contact_id: UUID
    conversation_id: UUID
    door: Door
    stage: str
    waited_ms: int
    short: bool


@dataclass(frozen=True, slots=True)
class CallStateChanged:
    contact_id: UUID
    conversation_id: UUID
    door: Door
    state: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    customer: Customer


@dataclass(frozen=True, slots=True)
class ReceiptRecorded:
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class SubmissionAccepted:
    """`record` names what is answered: one submission may come in several records, right and wrong ones."""

    submission_id: str
    record: str
    contact_id: UUID
    conversation_id: UUID | None
    parked: str | None


@dataclass(frozen=True, slots=True)
class SubmissionRefused:
    submission_id: str
    record: str
    errors: tuple[FieldError, ...]


IngestEvent = (
    ContactReceived
    | ContactParked
    | ContactUpdated
    | ContactAbandoned
    | CallStateChanged
    | CustomerChanged
    | ReceiptRecorded
    | SubmissionAccepted
    | SubmissionRefused
)
