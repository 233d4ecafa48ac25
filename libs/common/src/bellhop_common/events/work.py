"""What does the router say of a work item? Queued, offered, assigned, replied, resolved and the rest of its life."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from bellhop_common.events.wire import (
    Actor,
    Attachment,
    Channel,
    FirstContact,
    Identifier,
    Instant,
    LongText,
    Message,
    ReplyRoute,
    ShortText,
    Slug,
    Wire,
)


class WorkKind(StrEnum):
    CONTACT = "contact"
    CALLBACK = "callback"
    RECOVERY = "recovery"
    FOLLOW_UP = "follow-up"
    INTERNAL = "internal"


class WaitingFor(StrEnum):
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    INTERNAL = "internal"


class WorkCustomer(Wire):
    vip: bool = False
    segment: str | None = None
    locale: str | None = None


class AgentLoad(Wire):
    """The load of an agent as this event changes it; with `desk_seq` and `ordinal` a gapless account."""

    id: Slug
    used_before: int
    used_after: int
    capacity: int


class RoutingDecision(Wire):
    rule: str
    strategy: str
    considered: int
    excluded: dict[str, int] = Field(default_factory=dict)


class WorkEvent(Message):
    work_item_id: UUID
    conversation_id: UUID
    customer_id: UUID | None = None
    queue: Slug
    tier: int
    team: Slug | None = None
    channel: Channel
    priority: int
    cycle: int
    actor: Actor


class FromContact(WorkEvent):
    """Carries what its readers need of the contact, so that they read no other topic for it."""

    first_contact: FirstContact | None = None
    entry_point: Slug | None = None
    reply_route: ReplyRoute | None = None


class WorkQueued(FromContact):
    type_name: ClassVar[str] = "work.queued"
    kind: WorkKind
    reference: str
    rule: str
    customer: WorkCustomer
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    queued_at: Instant


class OfferEvent(WorkEvent):
    offer_id: UUID
    agent_id: Slug
    agent: AgentLoad | None = None


class Placed(Wire):
    weight: int
    manual: bool = False
    queued_at: Instant
    decision: RoutingDecision | None = None
    relaxation_step: int = 0
    waited_seconds: float


class WorkOffered(OfferEvent, Placed):
    type_name: ClassVar[str] = "work.offered"
    timeout_seconds: float


class WorkOfferAccepted(OfferEvent):
    type_name: ClassVar[str] = "work.offer-accepted"


class WorkOfferDeclined(OfferEvent):
    type_name: ClassVar[str] = "work.offer-declined"
    reason: ShortText


class WorkOfferExpired(OfferEvent):
    type_name: ClassVar[str] = "work.offer-expired"


class WorkOfferRescinded(OfferEvent):
    type_name: ClassVar[str] = "work.offer-rescinded"
    cause: str


class AssignmentEvent(WorkEvent):
    assignment_id: UUID
    agent_id: Slug
    agent: AgentLoad | None = None


class WorkAssigned(AssignmentEvent, Placed):
    type_name: ClassVar[str] = "work.assigned"
    offer_id: UUID | None = None


class WorkAssignmentEnded(AssignmentEvent):
    type_name: ClassVar[str] = "work.assignment-ended"
    cause: str


class WorkWrapUpStarted(AssignmentEvent):
    type_name: ClassVar[str] = "work.wrap-up-started"
    until: Instant


class WorkWrapUpEnded(AssignmentEvent):
    type_name: ClassVar[str] = "work.wrap-up-ended"


class WorkSetAside(AssignmentEvent):
    type_name: ClassVar[str] = "work.set-aside"
    by_offer_id: UUID


class WorkContinued(AssignmentEvent):
    type_name: ClassVar[str] = "work.continued"


class WorkPended(AssignmentEvent):
    type_name: ClassVar[str] = "work.pended"
    waiting_for: WaitingFor
    until: Instant | None = None


class WorkResumed(AssignmentEvent):
    type_name: ClassVar[str] = "work.resumed"


class Author(Wire):
    kind: Literal["person", "bot", "system"]
    agent_id: Slug | None = None


class WorkReplied(FromContact):
    type_name: ClassVar[str] = "work.replied"
    reply_id: UUID
    author: Author
    visibility: Literal["public", "internal"] = "public"
    text: LongText
    format: Literal["text", "html", "markdown"] = "text"
    language: str | None = None
    attachments: tuple[Attachment, ...] = ()
    cc: tuple[str, ...] = ()
    in_reply_to_contact_id: UUID | None = None
    replied_at: Instant


class WorkReplyFailed(WorkEvent):
    type_name: ClassVar[str] = "work.reply-failed"
    reply_id: UUID
    error_class: str


class WorkNoted(WorkEvent):
    type_name: ClassVar[str] = "work.noted"
    text: LongText


class WorkTransferred(WorkEvent):
    type_name: ClassVar[str] = "work.transferred"
    from_queue: Slug
    reason: ShortText


class WorkEscalated(WorkEvent):
    type_name: ClassVar[str] = "work.escalated"
    from_tier: int
    to_tier: int
    cause: str


class WorkRequeued(WorkEvent):
    type_name: ClassVar[str] = "work.requeued"
    cause: str


class WorkPromised(WorkEvent):
    type_name: ClassVar[str] = "work.promised"
    promise_id: UUID
    by_at: Instant
    text: LongText = ""


class WorkPromiseKept(WorkEvent):
    type_name: ClassVar[str] = "work.promise-kept"
    promise_id: UUID


class WorkPromiseBroken(WorkEvent):
    type_name: ClassVar[str] = "work.promise-broken"
    promise_id: UUID


class WorkThreatReported(WorkEvent):
    type_name: ClassVar[str] = "work.threat-reported"
    kind: str


class WorkPrioritySet(WorkEvent):
    type_name: ClassVar[str] = "work.priority-set"
    from_priority: int


class WorkContactAdded(WorkEvent):
    type_name: ClassVar[str] = "work.contact-added"
    contact_id: UUID
    received_at: Instant


class WorkFlagged(WorkEvent):
    type_name: ClassVar[str] = "work.flagged"
    flag: Slug
    on: bool


class WorkAbandoned(WorkEvent):
    type_name: ClassVar[str] = "work.abandoned"
    waited_seconds: float


class Resolution(Wire):
    code: Slug
    topic: str | None = None
    problem_id: str | None = None
    summary: ShortText | None = None
    confirmed_by_customer: bool | None = None
    goodwill: str | None = None


class WorkResolved(WorkEvent):
    type_name: ClassVar[str] = "work.resolved"
    resolution: Resolution


class WorkReopened(WorkEvent):
    type_name: ClassVar[str] = "work.reopened"
    previous_work_item_id: UUID


class WorkRejected(Message):
    """Why a command had no effect; goes to whoever asked, outside any sequence."""

    type_name: ClassVar[str] = "work.rejected"
    command_id: Identifier
    code: str
    detail: ShortText
