"""What can come of a provider's bytes? A contact, or one of seven other answers; never an exception."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bellhop_common.tokens import read_message_id
from bellhop_ingest.domain.arrival import Arrival, Attachment, Call, CallStage, Sender
from bellhop_ingest.domain.channels import Channel


class ParkReason(StrEnum):
    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    LOOP = "loop"
    LIST = "list"
    SPAM = "spam"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    SURVEY_ANSWER = "survey-answer"
    NO_SENDER = "no-sender"


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """`permanent`: writing there again is useless; a delay isn't."""

    address: str
    permanent: bool
    status: str | None = None
    diagnostic: str | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """Kept, but shown to nobody until somebody releases it. `bounced_message_id` is the mail that came back."""

    arrival: Arrival
    reason: ParkReason
    detail: str | None = None
    bounced: tuple[BouncedRecipient, ...] = ()
    bounced_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Which earlier arrival is meant, in the provider's own words."""

    channel: Channel
    entry_point: str
    provider: str
    provider_message_id: str


class Change(StrEnum):
    EDITED = "edited"
    DELETED = "deleted"
    ATTACHMENTS = "attachments"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Updated:
    of: Origin
    change: Change
    occurred_at: datetime
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The customer left before anybody answered; `short`: so soon that nobody could have."""

    of: Origin
    stage: CallStage
    occurred_at: datetime
    waited: timedelta = timedelta(0)
    short: bool = False
    sender: Sender = field(default_factory=Sender)
    call: Call | None = None


class CallState(StrEnum):
    RINGING_AGENT = "ringing-agent"
    CONNECTED = "connected"
    AGENT_NO_ANSWER = "agent-no-answer"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallStateChanged:
    of: Origin
    state: CallState
    occurred_at: datetime


class ReceiptState(StrEnum):
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider's word on something that we sent; `provider_message_id` is the sent message's."""

    provider: str
    entry_point: str
    provider_message_id: str
    state: ReceiptState
    occurred_at: datetime
    permanent: bool | None = None
    status: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    reason: str


@dataclass(frozen=True, slots=True)
class FieldError:
    path: str
    got: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: got {self.got}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Refused:
    """`submission_id` is the sender's own name for it, where one could be read."""

    errors: tuple[FieldError, ...]
    submission_id: str | None = None

    @property
    def reason(self) -> str:
        return "; ".join(map(str, self.errors))


Outcome = Arrival | Parked | Updated | Abandoned | CallStateChanged | Receipt | Ignored | Refused


def bounce_receipts(parked: Parked) -> tuple[Receipt, ...]:
    """What the notifier must know of a bounce: one receipt per address, if the mail that came back is one of ours."""
    named = parked.bounced_message_id
    if named is None or read_message_id(named) is None:
        return ()
    return tuple(
        Receipt(
            provider=parked.arrival.provider,
            entry_point=parked.arrival.entry_point,
            provider_message_id=named,
            state=ReceiptState.BOUNCED,
            occurred_at=parked.arrival.occurred_at,
            permanent=recipient.permanent,
            status=recipient.status,
            address=recipient.address,
        )
        for recipient in parked.bounced
    )


def refused(path: str, got: str, expected: str) -> Refused:
    return Refused((FieldError(path, got, expected),))
