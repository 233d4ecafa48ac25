"""What may be asked of the router? Commands on work items and agents, each with who asks and when."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from bellhop_common.events.wire import (
    Actor,
    Attachment,
    Channel,
    Identifier,
    Instant,
    LongText,
    Message,
    ShortText,
    Slug,
    Wire,
)
from bellhop_common.events.work import Resolution, WaitingFor, WorkKind


class Command(Message):
    """`expected_version` is the last `sequence` that the sender saw of that key."""

    command_id: Identifier
    issued_at: Instant
    actor: Actor
    expected_version: int | None = None


class WorkCommand(Command):
    conversation_id: UUID
    work_item_id: UUID | None = None


class WorkAccept(WorkCommand):
    type_name: ClassVar[str] = "work.accept"
    offer_id: UUID


class WorkDecline(WorkCommand):
    type_name: ClassVar[str] = "work.decline"
    offer_id: UUID
    reason: ShortText


class WorkClaim(WorkCommand):
    type_name: ClassVar[str] = "work.claim"
    agent_id: Slug


class WorkPlace(WorkCommand):
    type_name: ClassVar[str] = "work.place"
    agent_id: Slug


class WorkReply(WorkCommand):
    type_name: ClassVar[str] = "work.reply"
    reply_id: UUID
    text: LongText
    format: Literal["text", "html", "markdown"] = "text"
    language: str | None = None
    visibility: Literal["public", "internal"] = "public"
    attachments: tuple[Attachment, ...] = ()
    cc: tuple[str, ...] = ()
    in_reply_to_contact_id: UUID | None = None


class WorkNote(WorkCommand):
    type_name: ClassVar[str] = "work.note"
    text: LongText


class WorkPend(WorkCommand):
    type_name: ClassVar[str] = "work.pend"
    waiting_for: WaitingFor
    until: Instant | None = None


class WorkResume(WorkCommand):
    type_name: ClassVar[str] = "work.resume"


class WorkTransfer(WorkCommand):
    """To a queue or to an agent, exactly one of the two."""

    type_name: ClassVar[str] = "work.transfer"
    queue: Slug | None = None
    agent_id: Slug | None = None
    reason: ShortText


class EscalationReason(StrEnum):
    OUT_OF_DEPTH = "out_of_depth"
    ABUSIVE = "abusive"
    THREAT = "threat"
    CUSTOMER_INSISTS = "customer_insists"
    OTHER = "other"


class WorkEscalate(WorkCommand):
    type_name: ClassVar[str] = "work.escalate"
    reason: EscalationReason


class WorkPromise(WorkCommand):
    type_name: ClassVar[str] = "work.promise"
    promise_id: UUID
    by_at: Instant
    text: LongText = ""


class WorkKeepPromise(WorkCommand):
    type_name: ClassVar[str] = "work.keep-promise"
    promise_id: UUID


class WorkReportThreat(WorkCommand):
    type_name: ClassVar[str] = "work.report-threat"
    kind: str


class WorkFlag(WorkCommand):
    type_name: ClassVar[str] = "work.flag"
    flag: Slug
    on: bool


class WorkSetPriority(WorkCommand):
    type_name: ClassVar[str] = "work.set-priority"
    priority: int = Field(ge=0, le=100)


class WorkResolve(WorkCommand):
    type_name: ClassVar[str] = "work.resolve"
    resolution: Resolution


class WorkReopen(WorkCommand):
    type_name: ClassVar[str] = "work.reopen"


class WorkRequeue(WorkCommand):
    type_name: ClassVar[str] = "work.requeue"


class WorkFinishWrapUp(WorkCommand):
    type_name: ClassVar[str] = "work.finish-wrap-up"
    assignment_id: UUID


class WorkOpen(WorkCommand):
    type_name: ClassVar[str] = "work.open"
    kind: Literal[WorkKind.CALLBACK, WorkKind.RECOVERY, WorkKind.FOLLOW_UP, WorkKind.INTERNAL]
    desk: Slug
    queue: Slug | None = None
    customer_id: UUID
    not_before: Instant | None = None
    reason: ShortText
    parent_work_item_id: UUID | None = None


class Presence(StrEnum):
    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


class AgentCommand(Command):
    desk: Slug
    agent_id: Slug


class AgentSetPresence(AgentCommand):
    type_name: ClassVar[str] = "agent.set-presence"
    presence: Presence
    reason: ShortText | None = None


class AgentHeartbeat(AgentCommand):
    """Moves the lease's timer alone; says nothing else."""

    type_name: ClassVar[str] = "agent.heartbeat"


class AgentNotify(Wire):
    email: str | None = None
    chat: str | None = None


class AgentProfile(Wire):
    display_name: ShortText
    public_name: dict[str, str] = Field(default_factory=dict)
    team: Slug | None = None
    tier: int = 1
    skills: dict[str, int] = Field(default_factory=dict)
    languages: dict[str, int] = Field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    capacity: int = 100
    notify: AgentNotify | None = None
    phone: str | None = None


class AgentUpsert(AgentCommand):
    type_name: ClassVar[str] = "agent.upsert"
    profile: AgentProfile


class AgentRemove(AgentCommand):
    type_name: ClassVar[str] = "agent.remove"
