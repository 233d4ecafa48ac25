"""What is a work item, and which step of its life is it in? Waiting, offered, assigned, wrapping up, ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from bellhop_router.domain.names import (
    AgentId,
    AssignmentId,
    Channel,
    ConversationId,
    CustomerId,
    Need,
    OfferId,
    QueueName,
    WorkItemId,
)

# The literal names let a stored document say which of these it is.


@dataclass(frozen=True, slots=True)
class Waiting:
    """`not_before`: nobody is offered it earlier."""

    not_before: datetime | None = None
    step: Literal["waiting"] = "waiting"


@dataclass(frozen=True, slots=True)
class Offered:
    offer_id: OfferId
    agent_id: AgentId
    made_at: datetime
    expires_at: datetime
    step: Literal["offered"] = "offered"


@dataclass(frozen=True, slots=True)
class Pended:
    waiting_for: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """`touched` once the agent did something a customer or colleague can see."""

    assignment_id: AssignmentId
    agent_id: AgentId
    at: datetime
    offer_id: OfferId | None = None
    touched: bool = False
    pended: Pended | None = None
    step: Literal["assigned"] = "assigned"


@dataclass(frozen=True, slots=True)
class WrappingUp:
    """The item is resolved; its assignment still holds capacity."""

    assignment_id: AssignmentId
    agent_id: AgentId
    until: datetime
    step: Literal["wrapping-up"] = "wrapping-up"


@dataclass(frozen=True, slots=True)
class Ended:
    at: datetime
    how: str
    agent_id: AgentId | None = None
    step: Literal["ended"] = "ended"


Step = Waiting | Offered | Assigned | WrappingUp | Ended


@dataclass(frozen=True, slots=True)
class FirstContact:
    contact_id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True)
class WorkCustomer:
    vip: bool = False
    segment: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What was true when the item came, and stays true. `reply_route` is carried, never looked into."""

    kind: str
    reference: str
    channel: Channel
    customer_id: CustomerId | None
    customer: WorkCustomer = WorkCustomer()
    entry_point: str | None = None
    first_contact: FirstContact | None = None
    reply_route: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """`score` is larger for the better one; its unit is the strategy's."""

    agent_id: AgentId
    score: float


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision about an item, kept with it: to whom, or why to nobody."""

    at: datetime
    version: int
    rule: str
    queue: QueueName
    tier: int
    strategy: str
    considered: int
    excluded: Mapping[str, int]
    winner: Candidate | None = None
    runner_up: Candidate | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """The routable unit of demand.

    `boost` moves its turn, never its reported wait. `offers` counts all that were made, `turned_down` those
    declined or lapsed since the item last moved; `declined` remembers until when an agent isn't asked again.
    """

    id: WorkItemId
    conversation_id: ConversationId
    cycle: int
    origin: Origin
    queue: QueueName
    tier: int
    priority: int
    rule: str
    queued_at: datetime
    weight: int
    step: Step = Waiting()
    required: tuple[Need, ...] = ()
    optional: tuple[Need, ...] = ()
    boost: int = 0
    prefer: AgentId | None = None
    prefer_until: datetime | None = None
    offers: int = 0
    turned_down: int = 0
    declined: Mapping[AgentId, datetime] = field(default_factory=dict)
    involved: tuple[AgentId, ...] = ()
    replies: tuple[UUID, ...] = ()
    promises: tuple[UUID, ...] = ()
    flags: tuple[str, ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()

    @property
    def channel(self) -> Channel:
        return self.origin.channel

    @property
    def is_open(self) -> bool:
        return isinstance(self.step, Waiting | Offered | Assigned)

    @property
    def holder(self) -> AgentId | None:
        """Who has the offer or the assignment now, if anybody."""
        return None if isinstance(self.step, Waiting) else self.step.agent_id

    def waited_seconds(self, now: datetime) -> float:
        return round((now - self.queued_at).total_seconds(), 6)
