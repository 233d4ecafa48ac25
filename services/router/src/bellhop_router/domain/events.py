"""What does the router say happened? One frozen value per fact; `about` is what every fact of an item repeats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bellhop_router.domain.agents import Agent
from bellhop_router.domain.names import (
    Actor,
    AgentId,
    AssignmentId,
    Channel,
    ConversationId,
    CustomerId,
    OfferId,
    QueueName,
    WorkItemId,
)
from bellhop_router.domain.work import FirstContact, WorkCustomer


@dataclass(frozen=True, slots=True)
class About:
    """The item as it is just after the event."""

    desk: str
    desk_version: int
    work_item_id: WorkItemId
    conversation_id: ConversationId
    customer_id: CustomerId | None
    queue: QueueName
    tier: int
    team: str | None
    channel: Channel
    priority: int
    cycle: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Load:
    """An agent's load as one event changes it; in the desk's order these form a gapless account."""

    id: AgentId
    used_before: int
    used_after: int
    capacity: int


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    rule: str
    strategy: str
    considered: int
    excluded: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """Why this agent; `manual` when a person chose, who may exceed the capacity."""

    weight: int
    queued_at: datetime
    waited_seconds: float
    decision: RoutingDecision | None = None
    manual: bool = False


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What readers need of the contact without reading its topic."""

    first_contact: FirstContact | None = None
    entry_point: str | None = None
    reply_route: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkEvent:
    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued(WorkEvent):
    contact: ContactFacts
    kind: str
    reference: str
    rule: str
    customer: WorkCustomer
    queued_at: datetime
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEvent(WorkEvent):
    offer_id: OfferId
    agent_id: AgentId
    agent: Load | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(OfferEvent):
    placed: Placed
    timeout_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAccepted(OfferEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined(OfferEvent):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferExpired(OfferEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRescinded(OfferEvent):
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEvent(WorkEvent):
    assignment_id: AssignmentId
    agent_id: AgentId
    agent: Load | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(AssignmentEvent):
    placed: Placed
    offer_id: OfferId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEnded(AssignmentEvent):
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpStarted(AssignmentEvent):
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpEnded(AssignmentEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pended(AssignmentEvent):
    waiting_for: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(AssignmentEvent):
    pass


@dataclass(frozen=True, slots=True)
class Author:
    kind: str
    agent_id: AgentId | None = None


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What the customer (or a colleague) will read; carried, never looked into."""

    text: str
    format: str = "text"
    language: str | None = None
    visibility: str = "public"
    attachments: tuple[Mapping[str, object], ...] = ()
    cc: tuple[str, ...] = ()
    in_reply_to_contact_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(WorkEvent):
    contact: ContactFacts
    reply_id: UUID
    author: Author
    reply: ReplyText
    replied_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFailed(WorkEvent):
    reply_id: UUID
    error_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(WorkEvent):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(WorkEvent):
    from_queue: QueueName
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(WorkEvent):
    from_tier: int
    to_tier: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeued(WorkEvent):
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised(WorkEvent):
    promise_id: UUID
    by_at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseKept(WorkEvent):
    promise_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatReported(WorkEvent):
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrioritySet(WorkEvent):
    from_priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAdded(WorkEvent):
    contact_id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged(WorkEvent):
    flag: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned(WorkEvent):
    waited_seconds: float


@dataclass(frozen=True, slots=True)
class Resolution:
    code: str
    topic: str | None = None
    problem_id: str | None = None
    summary: str | None = None
    confirmed_by_customer: bool | None = None
    goodwill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(WorkEvent):
    resolution: Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(WorkEvent):
    previous_work_item_id: WorkItemId


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a command had no effect. `detail` tells the truth as it is now."""

    desk: str
    desk_version: int
    key: str
    command_id: str
    code: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """`gone` when the agent left the desk."""

    desk: str
    desk_version: int
    agent: Agent
    at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class QueueChanged:
    desk: str
    desk_version: int
    queue: QueueName
    version: int
    waiting: int
    oldest_at: datetime | None
    expected_wait: float | None


@dataclass(frozen=True, slots=True)
class DeskApplied:
    """`source` is the whole validated file as JSON."""

    desk: str
    version: int
    source: str


RouterEvent = WorkEvent | Rejected | AgentChanged | QueueChanged | DeskApplied
