"""What does ingest say of an arrival? Received, updated, parked, abandoned, and a call's states."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from bellhop_common.events.wire import (
    Attachment,
    Channel,
    Handle,
    Identifier,
    Instant,
    LongText,
    Message,
    ReplyRoute,
    ShortText,
    Slug,
    Wire,
)


class ContactCustomer(Wire):
    id: UUID
    handles: tuple[Handle, ...] = ()
    name: ShortText | None = None
    locale: str | None = None
    time_zone: str | None = None
    vip: bool = False
    flags: tuple[str, ...] = ()


class Language(Wire):
    tag: str
    confidence: float


class Triage(Wire):
    """Facts only; queue, skills and priority are the router's to decide."""

    flags: tuple[str, ...] = ()
    urgency: float = 0.0
    sentiment: float | None = None
    reasons: tuple[str, ...] = ()


class Suggestion(Wire):
    question_id: str
    score: float


class CallInfo(Wire):
    model_config = ConfigDict(populate_by_name=True)
    from_: str | None = Field(default=None, alias="from")
    withheld: bool = False
    stage: Literal["ivr", "queue", "ringing", "chat"] | None = None


class Authentication(Wire):
    method: str
    result: str


class ContactReceived(Message):
    type_name: ClassVar[str] = "contact.received"
    contact_id: UUID
    conversation_id: UUID
    reference: str
    is_new_conversation: bool
    channel: Channel
    entry_point: Slug
    provider: str
    provider_message_id: Identifier
    occurred_at: Instant
    received_at: Instant
    customer: ContactCustomer
    subject: ShortText | None = None
    text: LongText
    reply_text: LongText
    html_ref: str | None = None
    attachments: tuple[Attachment, ...] = ()
    language: Language | None = None
    in_reply_to: str | None = None
    reply_route: ReplyRoute
    triage: Triage = Triage()
    suggestions: tuple[Suggestion, ...] = ()
    problem_id: str | None = None
    call: CallInfo | None = None
    authentication: Authentication | None = None


class ContactUpdated(Message):
    type_name: ClassVar[str] = "contact.updated"
    contact_id: UUID
    conversation_id: UUID
    change: Literal["edited", "deleted", "attachments", "released"]
    text: LongText | None = None
    attachments: tuple[Attachment, ...] = ()


class ContactAbandoned(Message):
    type_name: ClassVar[str] = "contact.abandoned"
    contact_id: UUID
    conversation_id: UUID
    channel: Channel
    entry_point: Slug
    stage: Literal["ivr", "queue", "ringing", "chat"]
    waited_ms: int
    short: bool = False


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


class Park(Wire):
    reason: ParkReason
    detail: ShortText | None = None


class BouncedRecipient(Wire):
    address: str
    permanent: bool
    status: str | None = None
    diagnostic: ShortText | None = None


class Bounce(Wire):
    recipients: tuple[BouncedRecipient, ...] = ()


class ContactParked(Message):
    type_name: ClassVar[str] = "contact.parked"
    contact_id: UUID
    channel: Channel
    entry_point: Slug
    provider: str
    provider_message_id: Identifier
    occurred_at: Instant
    received_at: Instant
    subject: ShortText | None = None
    text: LongText = ""
    park: Park
    bounce: Bounce | None = None


class CallState(StrEnum):
    RINGING_AGENT = "ringing-agent"
    CONNECTED = "connected"
    AGENT_NO_ANSWER = "agent-no-answer"
    ENDED = "ended"


class ContactCallState(Message):
    type_name: ClassVar[str] = "contact.call-state"
    contact_id: UUID
    conversation_id: UUID
    state: CallState
    agent_id: str | None = None
    occurred_at: Instant


class SubmittedCustomer(Wire):
    external_ids: tuple["ExternalId", ...] = ()
    handles: tuple[Handle, ...] = ()
    name: ShortText | None = None


class ExternalId(Wire):
    system: Slug
    id: Identifier


class ContactSubmitted(Message):
    """What another system publishes; `thread_key` joins submissions to one conversation."""

    type_name: ClassVar[str] = "contact.submitted"
    submission_id: Identifier
    entry_point: Slug
    customer: SubmittedCustomer
    text: LongText
    subject: ShortText | None = None
    language: str | None = None
    occurred_at: Instant
    thread_key: str | None = None
    attachments: tuple[Identifier, ...] = ()


class ContactAccepted(Message):
    type_name: ClassVar[str] = "contact.accepted"
    submission_id: Identifier
    contact_id: UUID
    conversation_id: UUID | None = None
    parked: ParkReason | None = None


class FieldError(Wire):
    path: str
    got: str
    expected: str


class ContactRefused(Message):
    type_name: ClassVar[str] = "contact.refused"
    submission_id: Identifier
    errors: tuple[FieldError, ...]


SubmittedCustomer.model_rebuild()
