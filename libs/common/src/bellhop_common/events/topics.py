"""Which topics are there? Each with its key, writers, readers, retention and the types it carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bellhop_common.events import agents, chats, commands, contacts, customers, desks, notices, sla, work
from bellhop_common.events.wire import Message

DEFAULT_PREFIX = "support"
MONTH = timedelta(days=30)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Topic:
    """`sequenced`: epoch and sequence per key; `ordered`: also the desk's total order; no retention: compacted.

    The partition count is part of the contract: it may only change while the topic is drained.
    """

    name: str
    key: str
    written_by: tuple[str, ...]
    read_by: tuple[str, ...]
    types: Mapping[str, type[Message]]
    partitions: int = 12
    retention: timedelta | None = WEEK
    compacted: bool = False
    sequenced: bool = False
    ordered: bool = False

    def full(self, prefix: str) -> str:
        return f"{prefix}.{self.name}"


def _types(*models: type[Message]) -> dict[str, type[Message]]:
    return {model.type_name: model for model in models}


CONTACT_INBOUND = Topic(
    name="contact.inbound.v1",
    key="any or none",
    written_by=("other systems",),
    read_by=("ingest",),
    types=_types(contacts.ContactSubmitted),
)
CONTACT_RESULT = Topic(
    name="contact.result.v1",
    key="submission",
    written_by=("ingest",),
    read_by=("publishers",),
    types=_types(contacts.ContactAccepted, contacts.ContactRefused),
)
CONTACT = Topic(
    name="contact.v1",
    key="conversation (parked ones: contact)",
    written_by=("ingest",),
    read_by=("router", "sla", "notifier"),
    types=_types(
        contacts.ContactReceived,
        contacts.ContactUpdated,
        contacts.ContactAbandoned,
        contacts.ContactParked,
        contacts.ContactCallState,
    ),
    retention=MONTH,
    sequenced=True,
)
DELIVERY = Topic(
    name="delivery.v1",
    key="hash of provider, entry point, provider message id",
    written_by=("ingest",),
    read_by=("notifier",),
    types=_types(notices.DeliveryReceipt),
)
CUSTOMER_COMMAND = Topic(
    name="customer.command.v1",
    key="customer, or hash of (system, external id)",
    written_by=("CRM", "router", "notifier"),
    read_by=("ingest",),
    types=_types(
        customers.CustomerUpsert, customers.CustomerFlag, customers.CustomerConsent, customers.CustomerMarkAddress
    ),
)
CUSTOMER_STATE = Topic(
    name="customer.state.v1",
    key="customer",
    written_by=("ingest",),
    read_by=("router", "sla", "notifier"),
    types=_types(customers.CustomerState),
    retention=None,
    compacted=True,
)
DESK = Topic(
    name="desk.v1",
    key="desk/version",
    written_by=("router",),
    read_by=("ingest", "router", "sla", "notifier"),
    types=_types(desks.DeskApplied),
    partitions=1,
    retention=None,
    compacted=True,
)
AGENT_COMMAND = Topic(
    name="agent.command.v1",
    key="agent",
    written_by=("workforce tools", "agents' programs"),
    read_by=("router",),
    types=_types(commands.AgentSetPresence, commands.AgentHeartbeat, commands.AgentUpsert, commands.AgentRemove),
)
AGENT = Topic(
    name="agent.v1",
    key="agent",
    written_by=("router",),
    read_by=("notifier", "ingest", "anyone"),
    types=_types(agents.AgentState),
    retention=None,
    compacted=True,
)
WORK_COMMAND = Topic(
    name="work.command.v1",
    key="conversation",
    written_by=("desktops", "notifier", "other systems"),
    read_by=("router",),
    types=_types(
        commands.WorkAccept,
        commands.WorkDecline,
        commands.WorkClaim,
        commands.WorkPlace,
        commands.WorkReply,
        commands.WorkNote,
        commands.WorkPend,
        commands.WorkResume,
        commands.WorkTransfer,
        commands.WorkEscalate,
        commands.WorkPromise,
        commands.WorkKeepPromise,
        commands.WorkReportThreat,
        commands.WorkFlag,
        commands.WorkSetPriority,
        commands.WorkResolve,
        commands.WorkReopen,
        commands.WorkRequeue,
        commands.WorkFinishWrapUp,
        commands.WorkOpen,
    ),
)
WORK = Topic(
    name="work.v1",
    key="conversation",
    written_by=("router",),
    read_by=("ingest", "sla", "notifier", "anyone"),
    types=_types(
        work.WorkQueued,
        work.WorkOffered,
        work.WorkOfferAccepted,
        work.WorkOfferDeclined,
        work.WorkOfferExpired,
        work.WorkOfferRescinded,
        work.WorkAssigned,
        work.WorkAssignmentEnded,
        work.WorkWrapUpStarted,
        work.WorkWrapUpEnded,
        work.WorkSetAside,
        work.WorkContinued,
        work.WorkPended,
        work.WorkResumed,
        work.WorkReplied,
        work.WorkReplyFailed,
        work.WorkNoted,
        work.WorkTransferred,
        work.WorkEscalated,
        work.WorkRequeued,
        work.WorkPromised,
        work.WorkPromiseKept,
        work.WorkPromiseBroken,
        work.WorkThreatReported,
        work.WorkPrioritySet,
        work.WorkContactAdded,
        work.WorkFlagged,
        work.WorkAbandoned,
        work.WorkResolved,
        work.WorkReopened,
    ),
    retention=MONTH,
    sequenced=True,
    ordered=True,
)
WORK_REJECTED = Topic(
    name="work.rejected.v1",
    key="as the command",
    written_by=("router",),
    read_by=("whoever asked",),
    types=_types(work.WorkRejected),
)
QUEUE = Topic(
    name="queue.v1",
    key="desk/queue",
    written_by=("router",),
    read_by=("ingest", "anyone"),
    types=_types(agents.QueueState),
    partitions=1,
    retention=None,
    compacted=True,
)
SLA = Topic(
    name="sla.v1",
    key="conversation",
    written_by=("sla",),
    read_by=("router", "notifier", "anyone"),
    types=_types(
        sla.SlaClockStarted,
        sla.SlaClockPaused,
        sla.SlaClockResumed,
        sla.SlaClockMoved,
        sla.SlaClockWarned,
        sla.SlaClockBreached,
        sla.SlaClockMet,
        sla.SlaClockCancelled,
        sla.SlaClockCorrected,
    ),
    retention=MONTH,
    sequenced=True,
)
NOTICE_COMMAND = Topic(
    name="notice.command.v1",
    key="recipient",
    written_by=("other systems", "router", "operators"),
    read_by=("notifier",),
    types=_types(notices.NoticeRequest, notices.NoticeCancel),
)
NOTICE = Topic(
    name="notice.v1",
    key="recipient",
    written_by=("notifier",),
    read_by=("ingest", "router", "anyone"),
    types=_types(
        notices.NoticeScheduled,
        notices.NoticeDeferred,
        notices.NoticeSent,
        notices.NoticeDelivered,
        notices.NoticeBounced,
        notices.NoticeFailed,
        notices.NoticeSuppressed,
        notices.NoticeExpired,
        notices.NoticeCancelled,
    ),
    retention=MONTH,
    sequenced=True,
)
CHAT_OUTBOUND = Topic(
    name="chat.outbound.v1",
    key="conversation",
    written_by=("notifier",),
    read_by=("ingest",),
    types=_types(chats.ChatMessage),
)

CATALOGUE: tuple[Topic, ...] = (
    CONTACT_INBOUND,
    CONTACT_RESULT,
    CONTACT,
    DELIVERY,
    CUSTOMER_COMMAND,
    CUSTOMER_STATE,
    DESK,
    AGENT_COMMAND,
    AGENT,
    WORK_COMMAND,
    WORK,
    WORK_REJECTED,
    QUEUE,
    SLA,
    NOTICE_COMMAND,
    NOTICE,
    CHAT_OUTBOUND,
)


def aside_topics(topic: Topic) -> tuple[str, ...]:
    """The dead-letter and retry topics of each of our services that reads `topic`."""
    readers = [name for name in topic.read_by if name in SERVICES]
    return tuple(f"{topic.name}.{reader}.{kind}" for reader in readers for kind in ("dead-letter", "retry"))


SERVICES = ("ingest", "router", "sla", "notifier")
