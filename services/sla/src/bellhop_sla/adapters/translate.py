"""What does a record on a topic mean for the clocks? Wire models become facts and desk files."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from bellhop_common.events import desks
from bellhop_common.events.contacts import CallState, ContactCallState
from bellhop_common.events.topics import DESK
from bellhop_common.events.work import (
    WorkContactAdded,
    WorkEscalated,
    WorkEvent,
    WorkKind,
    WorkPended,
    WorkPromised,
    WorkPromiseKept,
    WorkQueued,
    WorkReplied,
    WorkReplyFailed,
)
from bellhop_common.kernel.delivery import Received
from bellhop_sla.domain.desk_file import DeskVersion, EscalationRow
from bellhop_sla.domain.facts import Context, Customer, Fact, FactKind
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.inputs import DeskFileApplied, DeskFileWithdrawn, Happened, Ignored, Input
from bellhop_sla.domain.policy import Policy, Queue, Target

# Facts that need nothing of their event but its context.
_PLAIN: Mapping[str, FactKind] = {
    "work.assigned": FactKind.ASSIGNED,
    "work.resumed": FactKind.RESUMED,
    "work.requeued": FactKind.REQUEUED,
    "work.transferred": FactKind.REQUEUED,
    "work.priority-set": FactKind.RETARGETED,
    "work.context-changed": FactKind.RETARGETED,
    "work.resolved": FactKind.RESOLVED,
    "work.abandoned": FactKind.ABANDONED,
    "work.merged": FactKind.MERGED,
}
_WITH_CONTEXT = frozenset(
    {FactKind.QUEUED, FactKind.ASSIGNED, FactKind.REQUEUED, FactKind.RETARGETED, FactKind.ESCALATED}
)


def translate(received: Received) -> Input | None:
    """Everything on a sequenced topic gives something, since sequences have no gaps."""
    if received.topic.name == DESK.name:
        return _desk_file(received)
    return _happened(received) or Ignored(received.key, received.stamp.desk or "")


def _happened(received: Received) -> Happened | None:
    body, desk = received.body, received.stamp.desk
    if desk is None:
        return None
    if isinstance(body, WorkEvent):
        fact = _fact(body, received)
        return None if fact is None else Happened(body.conversation_id, desk, fact, body.work_item_id, body.cycle)
    if isinstance(body, ContactCallState) and body.state is CallState.CONNECTED:
        # By our clock, never by the telephone system's.
        return Happened(body.conversation_id, desk, _stamped(FactKind.CONNECTED, received, ref=body.contact_id))
    return None


def desk_version(body: desks.DeskApplied, applied_at: datetime) -> DeskVersion:
    return DeskVersion(
        version=body.version,
        applied_at=applied_at,
        policies=tuple(policy(one) for one in body.sla),
        queues=tuple(Queue(one.name, one.calendar, one.sla) for one in body.queues),
        escalation=tuple(_row(one) for one in body.escalation if one.cause.startswith("sla.")),
    )


def policy(wire: desks.SlaPolicy) -> Policy:
    targets = tuple(Target(one.metric, one.within, one.tier, one.warnings, one.pause_on) for one in wire.targets)
    return Policy(wire.name, wire.when, wire.queues, wire.calendar, targets)


def calendar(wire: desks.Calendar) -> Calendar:
    return Calendar(wire.name, wire.time_zone, wire.hours, wire.holidays, wire.closed)


def _row(wire: desks.EscalationRow) -> EscalationRow:
    return EscalationRow(wire.cause, wire.do, wire.threshold, wire.tier, wire.to_tier, wire.by, wire.recipients)


def _desk_file(received: Received) -> Input | None:
    desk, _, version = received.key.partition("/")
    if isinstance(received.body, desks.DeskApplied):
        calendars = tuple(calendar(one) for one in received.body.calendars)
        return DeskFileApplied(desk, desk_version(received.body, _at(received)), calendars)
    return DeskFileWithdrawn(desk, int(version)) if version.isdecimal() else None


def _fact(body: WorkEvent, received: Received) -> Fact | None:
    """None for what no clock depends on, such as a bot's reply."""
    match body:
        case WorkQueued():
            return _queued(body, received)
        case WorkReplied(author=author, visibility="public") if author.kind == "person":
            return _stamped(FactKind.REPLIED, received, at=body.replied_at, ref=body.reply_id)
        case WorkReplyFailed():
            return _stamped(FactKind.REPLY_FAILED, received, ref=body.reply_id)
        case WorkContactAdded():
            return _stamped(FactKind.CUSTOMER_WROTE, received, at=body.received_at, ref=body.contact_id)
        case WorkPended():
            return _stamped(FactKind.PENDED, received, waiting_for=body.waiting_for)
        case WorkPromised():
            return _stamped(FactKind.PROMISED, received, ref=body.promise_id, by_at=body.by_at)
        case WorkPromiseKept():
            return _stamped(FactKind.PROMISE_KEPT, received, ref=body.promise_id)
        case WorkEscalated():
            context = _context(body.model_copy(update={"tier": body.to_tier}), received)
            return _stamped(FactKind.ESCALATED, received, context=context)
        case _:
            kind = _PLAIN.get(body.type_name)
            return None if kind is None else _stamped(kind, received)


def _queued(body: WorkQueued, received: Received) -> Fact:
    customer = Customer(body.customer.vip, body.customer.segment or "", body.customer.locale or "")
    first = body.first_contact if body.kind is WorkKind.CONTACT else None
    since_at = None if first is None else first.received_at
    context = _context(body, received, customer)
    ref = "" if body.first_contact is None else body.first_contact.contact_id
    return _stamped(FactKind.QUEUED, received, at=body.queued_at, ref=ref, context=context, since_at=since_at)


def _stamped(  # noqa: PLR0913 - the fields of a fact, most of them absent
    kind: FactKind,
    received: Received,
    *,
    at: datetime | None = None,
    context: Context | None = None,
    ref: UUID | str = "",
    waiting_for: str = "",
    since_at: datetime | None = None,
    by_at: datetime | None = None,
) -> Fact:
    body = received.body
    if context is None and kind in _WITH_CONTEXT and isinstance(body, WorkEvent):
        context = _context(body, received)
    return Fact(
        kind=kind,
        at=at or _at(received),
        epoch=received.stamp.epoch or 1,
        sequence=received.stamp.sequence or 0,
        context=context,
        ref=str(ref),
        waiting_for=waiting_for,
        since_at=since_at,
        by_at=by_at,
    )


def _context(body: WorkEvent, received: Received, customer: Customer | None = None) -> Context:
    version = received.stamp.desk_version or 0
    return Context(body.queue, body.tier, body.priority, body.channel, version, customer)


def _at(received: Received) -> datetime:
    return received.stamp.at or received.appended_at
