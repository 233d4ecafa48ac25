"""What is ingest told by topics? Submissions, desks, the end of work, and what to change about a customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bellhop_ingest.domain.admission import Applicant
from bellhop_ingest.domain.chats import ChatHeard, ChatSaid
from bellhop_ingest.domain.documents import Consent, Customer, CustomerHandle, Door, ExternalId
from bellhop_ingest.domain.outcomes import FieldError


@dataclass(frozen=True, slots=True)
class Submitted:
    """A contact that another system published; the answer goes out under `submission_id`. `record` names the event."""

    submission_id: str
    record: str
    source: str
    applicant: Applicant


@dataclass(frozen=True, slots=True)
class Unfit:
    """A submission that can be read and not be taken."""

    submission_id: str
    record: str
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class DeskLearned:
    desk: str
    version: int
    doors: tuple[Door, ...]
    publishers: tuple["Publisher", ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """Which `ce_source` may submit through which entry points."""

    source: str
    entry_points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskDoors:
    """The document of a desk: its newest file's doors and publishers."""

    version: int
    doors: tuple[Door, ...]
    publishers: tuple[Publisher, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkResolved:
    conversation_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkReopened:
    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class WorkAnswered:
    """Somebody, or a bot, wrote to the customer for all to read."""

    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class WorkPassed:
    """Any other news of work: it changes nothing here, and only its place in the sequence counts."""

    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """By our id, or by another system's."""

    customer_id: UUID | None = None
    external_id: ExternalId | None = None


@dataclass(frozen=True, slots=True)
class CustomerUpserted:
    """`fields` names what the sender gave; only those replace what is known. `arrived_at` as in `Applicant`."""

    ref: CustomerRef
    profile: Customer
    fields: frozenset[str]
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerFlagged:
    ref: CustomerRef
    flag: str
    on: bool


@dataclass(frozen=True, slots=True)
class CustomerConsented:
    ref: CustomerRef
    consent: Consent


@dataclass(frozen=True, slots=True)
class AddressMarked:
    ref: CustomerRef
    handle: CustomerHandle


CustomerInput = CustomerUpserted | CustomerFlagged | CustomerConsented | AddressMarked
ChatInput = ChatSaid | ChatHeard
WorkInput = WorkResolved | WorkReopened | WorkAnswered | WorkPassed
IngestInput = Applicant | Submitted | Unfit | DeskLearned | WorkInput | CustomerInput | ChatInput
