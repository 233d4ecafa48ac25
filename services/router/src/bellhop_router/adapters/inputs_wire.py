"""What does a record mean to the router? Each message it reads, as an input of its core."""

from datetime import datetime
from typing import Final

from bellhop_common.events import commands, contacts, notices, sla
from bellhop_common.events.commands import WorkCommand as WireWorkCommand
from bellhop_common.events.wire import Actor as WireActor
from bellhop_common.kernel.delivery import Received
from bellhop_router.adapters.policies import profile_of
from bellhop_router.adapters.sizes import too_large
from bellhop_router.domain import inputs as i
from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import ReplyText, Resolution
from bellhop_router.domain.names import (
    Actor,
    AgentId,
    AssignmentId,
    Channel,
    ConversationId,
    CustomerId,
    OfferId,
    QueueName,
)
from bellhop_router.domain.rules import Facts
from bellhop_router.domain.work import WorkCustomer

ROUTED_ACTIONS: Final = frozenset({"move-up", "raise-priority"})


def translate(received: Received) -> i.RouterInput | None:
    """Nothing of a sequenced topic is left out: what doesn't matter is `Ignored`, but counted."""
    desk = received.stamp.desk
    match received.body:
        case contacts.ContactReceived() as contact:
            return None if desk is None else contact_received(contact, desk)
        case contacts.ContactAbandoned() as gone if desk is not None:
            return i.ContactAbandoned(desk, ConversationId(gone.conversation_id), short=gone.short)
        case WireWorkCommand() as command:
            return work_command(command, received.appended_at, received.envelope.source)
        case commands.AgentCommand() as command:
            return agent_command(command, received.envelope.source)
        case sla.SlaClockWarned() | sla.SlaClockBreached() as clock:
            return clock_fired(clock, desk)
        case notices.NoticeEvent() as notice:
            return _notice(notice, desk) or i.Ignored(received.key, desk)
        case _:
            return i.Ignored(received.key, desk) if received.topic.sequenced else None


def contact_received(contact: contacts.ContactReceived, desk: str) -> i.ContactReceived:
    customer = contact.customer
    return i.ContactReceived(
        desk=desk,
        conversation_id=ConversationId(contact.conversation_id),
        contact_id=contact.contact_id,
        reference=contact.reference,
        received_at=contact.received_at,
        customer_id=CustomerId(customer.id),
        customer=WorkCustomer(customer.vip, None, customer.locale),
        facts=facts_of(contact),
        reply_route=contact.reply_route.model_dump(mode="json"),
    )


def facts_of(contact: contacts.ContactReceived) -> Facts:
    customer, triage, language = contact.customer, contact.triage, contact.language
    return Facts(
        channel=Channel(contact.channel.value),
        entry_point=contact.entry_point,
        subject=contact.subject or "",
        text=contact.reply_text,
        language="" if language is None else language.tag,
        language_confidence=0.0 if language is None else language.confidence,
        attachments=len(contact.attachments),
        is_new=contact.is_new_conversation,
        verified=any(handle.verified for handle in customer.handles),
        vip=customer.vip,
        locale=customer.locale or "",
        customer_flags=customer.flags,
        flags=triage.flags,
        urgency=triage.urgency,
        sentiment=triage.sentiment or 0.0,
    )


def work_command(command: WireWorkCommand, appended_at: datetime, source: str | None) -> i.WorkCommand:
    return i.WorkCommand(
        desk=command.desk if isinstance(command, commands.WorkOpen) else "",
        command_id=command.command_id,
        conversation_id=ConversationId(command.conversation_id),
        actor=_actor(command.actor),
        appended_at=appended_at,
        ask=_ask(command),
        work_item_id=command.work_item_id,
        source=source,
        too_large=too_large(command),
    )


def agent_command(command: commands.AgentCommand, source: str | None) -> i.AgentCommand:
    return i.AgentCommand(
        desk=command.desk,
        command_id=command.command_id,
        agent_id=AgentId(command.agent_id),
        actor=_actor(command.actor),
        ask=_agent_ask(command),
        source=source,
        too_large=too_large(command),
    )


def clock_fired(clock: sla.SlaClockWarned | sla.SlaClockBreached, desk: str | None) -> i.ClockFired:
    stage = "breached" if isinstance(clock, sla.SlaClockBreached) else "warned"
    actions = [i.ClockAction(each.do, each.tier, each.by) for each in clock.actions if each.do in ROUTED_ACTIONS]
    return i.ClockFired(
        conversation_id=ConversationId(clock.conversation_id),
        work_item_id=clock.work_item_id,
        cycle=clock.cycle,
        tier=clock.tier,
        cause=f"sla.{clock.metric.value}.{stage}",
        actions=tuple(actions),
        desk=desk,
    )


def _notice(notice: notices.NoticeEvent, desk: str | None) -> i.NoticeLost | None:
    """A reply that failed, expired or bounced for good."""
    if notice.reply_id is None or notice.conversation_id is None:
        return None
    match notice:
        case notices.NoticeBounced(permanent=True, error_class=error_class):
            lost = error_class
        case notices.NoticeFailed(reason=reason):
            lost = reason or "failed"
        case notices.NoticeExpired(reason=reason):
            lost = reason or "expired"
        case _:
            return None
    return i.NoticeLost(ConversationId(notice.conversation_id), notice.reply_id, lost, desk)


def _actor(actor: WireActor) -> Actor:
    return Actor(actor.kind.value, actor.id)


def _ask(command: WireWorkCommand) -> i.WorkAsk:
    return _holding(command) or _speaking(command) or _moving(command)


def _holding(command: WireWorkCommand) -> i.Holding | None:
    match command:
        case commands.WorkAccept(offer_id=offer_id):
            return i.Accept(OfferId(offer_id))
        case commands.WorkDecline(offer_id=offer_id, reason=reason):
            return i.Decline(OfferId(offer_id), reason)
        case commands.WorkClaim(agent_id=agent_id):
            return i.Claim(AgentId(agent_id))
        case commands.WorkPlace(agent_id=agent_id):
            return i.Place(AgentId(agent_id))
        case commands.WorkPend(waiting_for=waiting_for, until=until):
            return i.Pend(waiting_for.value, until)
        case commands.WorkResume():
            return i.Resume()
        case commands.WorkResolve(resolution=resolution):
            return i.Resolve(Resolution(**resolution.model_dump()))
        case commands.WorkFinishWrapUp(assignment_id=assignment_id):
            return i.FinishWrapUp(AssignmentId(assignment_id))
        case _:
            return None


def _speaking(command: WireWorkCommand) -> i.Speaking | None:
    match command:
        case commands.WorkReply():
            return i.Reply(command.reply_id, _reply(command))
        case commands.WorkNote(text=text):
            return i.Note(text)
        case commands.WorkPromise(promise_id=promise_id, by_at=by_at, text=text):
            return i.Promise(promise_id, by_at, text)
        case commands.WorkKeepPromise(promise_id=promise_id):
            return i.KeepPromise(promise_id)
        case commands.WorkReportThreat(kind=kind):
            return i.ReportThreat(kind)
        case commands.WorkFlag(flag=flag, on=on):
            return i.Flag(flag, on)
        case _:
            return None


def _moving(command: WireWorkCommand) -> i.WorkAsk:
    match command:
        case commands.WorkTransfer(queue=queue, agent_id=agent_id, reason=reason):
            to_queue = None if queue is None else QueueName(queue)
            return i.Transfer(reason, to_queue, None if agent_id is None else AgentId(agent_id))
        case commands.WorkEscalate(reason=reason):
            return i.Escalate(reason.value)
        case commands.WorkSetPriority(priority=priority):
            return i.SetPriority(priority)
        case commands.WorkOpen():
            return _open(command)
        case commands.WorkReopen():
            return i.Reopen()
        case commands.WorkRequeue():
            return i.Requeue()
        case _:
            raise TypeError(f"{command.type_name} is in the catalogue, but nothing is known of it here")


def _reply(command: commands.WorkReply) -> ReplyText:
    return ReplyText(
        text=command.text,
        format=command.format,
        language=command.language,
        visibility=command.visibility,
        attachments=tuple(each.model_dump(mode="json") for each in command.attachments),
        cc=command.cc,
        in_reply_to_contact_id=command.in_reply_to_contact_id,
    )


def _open(command: commands.WorkOpen) -> i.Open:
    return i.Open(
        kind=command.kind.value,
        customer_id=CustomerId(command.customer_id),
        reason=command.reason,
        queue=None if command.queue is None else QueueName(command.queue),
        not_before=command.not_before,
        parent_work_item_id=command.parent_work_item_id,
    )


def _agent_ask(command: commands.AgentCommand) -> i.AgentAsk:
    match command:
        case commands.AgentSetPresence(presence=presence, reason=reason):
            return i.SetPresence(Presence(presence.value), reason)
        case commands.AgentUpsert(profile=profile):
            return i.Upsert(profile_of(command.agent_id, profile))
        case commands.AgentRemove():
            return i.Remove()
        case _:
            return i.Heartbeat()
