"""What can happen to a desk? Contacts, commands, clocks, lost notices, and a new desk file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bellhop_common.decision import CallEnded, TimerDue
from bellhop_router.domain.agents import Presence, Profile
from bellhop_router.domain.events import ReplyText, Resolution
from bellhop_router.domain.names import Actor, AgentId, AssignmentId, ConversationId, CustomerId, OfferId, QueueName
from bellhop_router.domain.policy import DeskPolicy
from bellhop_router.domain.rules import Facts
from bellhop_router.domain.work import WorkCustomer


@dataclass(frozen=True, slots=True)
class ContactReceived:
    desk: str
    conversation_id: ConversationId
    contact_id: UUID
    reference: str
    received_at: datetime
    customer_id: CustomerId
    customer: WorkCustomer
    facts: Facts
    reply_route: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ContactAbandoned:
    """`short`: so soon that nobody could have answered."""

    desk: str
    conversation_id: ConversationId
    short: bool = False


@dataclass(frozen=True, slots=True)
class Accept:
    offer_id: OfferId


@dataclass(frozen=True, slots=True)
class Decline:
    offer_id: OfferId
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class Place:
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class Reply:
    reply_id: UUID
    reply: ReplyText


@dataclass(frozen=True, slots=True)
class Note:
    text: str


@dataclass(frozen=True, slots=True)
class Pend:
    waiting_for: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    pass


@dataclass(frozen=True, slots=True)
class Transfer:
    reason: str
    queue: QueueName | None = None
    agent_id: AgentId | None = None


@dataclass(frozen=True, slots=True)
class Escalate:
    reason: str


@dataclass(frozen=True, slots=True)
class Promise:
    promise_id: UUID
    by_at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class KeepPromise:
    promise_id: UUID


@dataclass(frozen=True, slots=True)
class ReportThreat:
    kind: str


@dataclass(frozen=True, slots=True)
class Flag:
    flag: str
    on: bool


@dataclass(frozen=True, slots=True)
class SetPriority:
    priority: int


@dataclass(frozen=True, slots=True)
class Resolve:
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Reopen:
    pass


@dataclass(frozen=True, slots=True)
class Requeue:
    pass


@dataclass(frozen=True, slots=True)
class FinishWrapUp:
    assignment_id: AssignmentId


@dataclass(frozen=True, slots=True)
class Open:
    kind: str
    customer_id: CustomerId
    reason: str
    queue: QueueName | None = None
    not_before: datetime | None = None
    parent_work_item_id: UUID | None = None


Holding = Accept | Decline | Claim | Place | Pend | Resume | Resolve | Requeue | FinishWrapUp
Moving = Transfer | Escalate | SetPriority
Speaking = Reply | Note | Promise | KeepPromise | ReportThreat | Flag
Opening = Open | Reopen
WorkAsk = Holding | Moving | Speaking | Opening


@dataclass(frozen=True, slots=True)
class WorkCommand:
    """`appended_at`: when it reached us, by which a late accept is judged. `source` None: we know who asks.

    `too_large` says what of it no event could carry.
    """

    desk: str
    command_id: str
    conversation_id: ConversationId
    actor: Actor
    appended_at: datetime
    ask: WorkAsk
    work_item_id: UUID | None = None
    source: str | None = None
    too_large: str | None = None


@dataclass(frozen=True, slots=True)
class SetPresence:
    presence: Presence
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    pass


@dataclass(frozen=True, slots=True)
class Upsert:
    profile: Profile


@dataclass(frozen=True, slots=True)
class Remove:
    pass


AgentAsk = SetPresence | Heartbeat | Upsert | Remove


@dataclass(frozen=True, slots=True)
class AgentCommand:
    desk: str
    command_id: str
    agent_id: AgentId
    actor: Actor
    ask: AgentAsk
    source: str | None = None
    too_large: str | None = None


@dataclass(frozen=True, slots=True)
class ClockAction:
    """`do` is `move-up` or `raise-priority`; the rest is done by others."""

    do: str
    tier: int | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class ClockFired:
    """Fenced by item, cycle and tier: a clock of an earlier stretch moves nothing."""

    conversation_id: ConversationId
    work_item_id: UUID
    cycle: int
    tier: int
    cause: str
    actions: tuple[ClockAction, ...]
    desk: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeLost:
    """A reply that never reached its customer."""

    conversation_id: ConversationId
    reply_id: UUID
    error_class: str
    desk: str | None = None


@dataclass(frozen=True, slots=True)
class ApplyDesk:
    """`expected` is the version that its author saw; None for a desk that shouldn't exist yet or for any."""

    desk: str
    command_id: str
    policy: DeskPolicy
    roster: tuple[Profile, ...]
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Changes nothing, but its place in its key's sequence counts."""

    key: str
    desk: str | None = None


RouterInput = (
    Ignored | ContactReceived | ContactAbandoned | WorkCommand | AgentCommand | ClockFired | NoticeLost | ApplyDesk
)
Happening = RouterInput | TimerDue | CallEnded
