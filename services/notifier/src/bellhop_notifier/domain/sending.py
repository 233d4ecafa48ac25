"""How does a notice that may go out leave us? As a call to a provider, or as text for a live chat."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from bellhop_common.decision import Call, CallEnded, CallOutcome
from bellhop_notifier.domain.conversations import Conversation, Route
from bellhop_notifier.domain.customers import Customer
from bellhop_notifier.domain.desks import Desk, EntryPoint
from bellhop_notifier.domain.events import ChatText
from bellhop_notifier.domain.fit import Expire, Fit, Situation, Suppress, Wait, judge
from bellhop_notifier.domain.notice import (
    Kind,
    Life,
    Notice,
    NoticeClass,
    Reason,
    Sent,
    begin_sending,
    defer,
    expire,
    failed,
    gave_up,
    refuse,
    sent,
    suppress,
)
from bellhop_notifier.domain.outbound import Outbound
from bellhop_notifier.domain.receipts import SentMessage, remember_sent
from bellhop_notifier.domain.routes import CHAT, EMAIL, Destination, mail_destination, reply_destination
from bellhop_notifier.domain.scene import SEND, UNHEARD, Scene
from bellhop_notifier.domain.subjects import notice_subject, pointer_to

LEASE_SECONDS: Final = 60.0
CALL_KIND: Final = "send-notice"


@dataclass(frozen=True, slots=True)
class Extra:
    """What only a reply brings; `route` counts where we know of no contact yet."""

    in_reply_to: UUID | None = None
    route: Route | None = None
    cc: tuple[str, ...] = ()
    by_person: bool = False


def send_if_fit(scene: Scene, notice: Notice, extra: Extra | None = None) -> Scene:
    """What is due now: it goes, waits, or ends with the reason why it doesn't go."""
    desk = scene.desk(notice.desk)
    if desk is None:
        return scene.step(suppress(notice, Reason.DISABLED))
    match judge(_situation(scene, notice, desk), scene.now):
        case Fit():
            return _send(scene, notice, desk, extra or Extra())
        case Suppress(reason):
            return scene.step(suppress(notice, reason))
        case Expire():
            return scene.step(expire(notice))
        case Wait(until, reason):
            return scene.step(defer(notice, until, reason)).wake(SEND, pointer_to(notice), until)


def on_call_ended(scene: Scene, ended: CallEnded) -> Scene:
    notice = scene.notice_at(ended.subject)
    if notice is None:
        return scene
    if ended.outcome is not CallOutcome.DONE:
        in_doubt = ended.in_doubt or ended.outcome is CallOutcome.IN_DOUBT
        if not in_doubt and notice.expires_at is not None and notice.expires_at <= scene.now:
            return scene.step(gave_up(notice))
        reason = Reason.IN_DOUBT.value if ended.outcome is CallOutcome.IN_DOUBT else ended.error_class or "failed"
        return scene.step(failed(notice, reason, in_doubt=in_doubt))
    outcome = Sent(str(ended.detail["provider"]), str(ended.detail["provider_message_id"]), ended.in_doubt)
    return remember_sent(scene, sent(notice, outcome))


def _situation(scene: Scene, notice: Notice, desk: Desk) -> Situation:
    return Situation(
        notice=notice,
        customer=_customer(scene, notice),
        conversation=_conversation(scene, notice),
        rule=desk.rule(notice.kind),
        desk_zone=desk.time_zone,
        leap_day=scene.means.leap_day,
    )


def _customer(scene: Scene, notice: Notice) -> Customer | None:
    return None if notice.customer_id is None else scene.customer(notice.customer_id)


def _conversation(scene: Scene, notice: Notice) -> Conversation | None:
    return None if notice.conversation_id is None else scene.conversation(notice.conversation_id)


def _send(scene: Scene, notice: Notice, desk: Desk, extra: Extra) -> Scene:
    destination = _destination(scene, notice, extra)
    if isinstance(destination, Reason):
        return scene.step(refuse(notice, destination))
    if destination.channel == EMAIL and desk.mailbox(destination.entry_point) is None:
        return scene.step(refuse(notice, Reason.NO_ROUTE))
    going = begin_sending(replace(notice, channel=destination.channel, address=destination.address or None))
    if destination.channel == CHAT:
        return _push(scene, going, extra)
    call = Call(
        call_id=notice.notice_id,
        kind=CALL_KIND,
        subject=notice_subject(notice.key),
        body=_outbound(scene, going, _Way(destination, desk, extra)).body(),
        lease_seconds=LEASE_SECONDS,
        repeat_in_doubt=notice.class_ is NoticeClass.TRANSACTIONAL,
    )
    without_words = replace(going, variables={})
    return scene.keep(notice_subject(going.key), without_words).forget_timer(going).call(call)


def _destination(scene: Scene, notice: Notice, extra: Extra) -> Destination | Reason:
    customer, conversation = _customer(scene, notice), _conversation(scene, notice)
    handles = () if customer is None else customer.profile.handles
    if conversation is None:
        return mail_destination(handles)
    route = _route(conversation, extra)
    if route is not None and route.channel == CHAT and notice.kind is not Kind.REPLY:
        # Only talk belongs into a chat; and for what comes later nobody sits in front of it any more.
        return mail_destination(handles, route.entry_point)
    return reply_destination(route, handles, scene.means.channels, scene.now)


def _route(conversation: Conversation, extra: Extra) -> Route | None:
    return conversation.route_to(extra.in_reply_to) or extra.route


def _push(scene: Scene, going: Notice, extra: Extra) -> Scene:
    """Handing it to ingest is part of this very transaction, so it is sent, and never in doubt."""
    if going.conversation_id is None:
        return scene.step(refuse(replace(going, life=Life.SCHEDULED), Reason.NO_ROUTE))
    text = ChatText(
        notice_id=going.notice_id,
        conversation_id=going.conversation_id,
        desk=going.desk,
        desk_version=going.desk_version,
        author=going.variables.get("author", ""),
        text=going.variables.get("text", ""),
    )
    said = SentMessage(going, words=dict(going.variables), by_person=extra.by_person)
    pushed = remember_sent(scene.tell(text), sent(going, Sent(CHAT, str(going.notice_id))), said)
    return pushed.wake(UNHEARD, pointer_to(going), scene.now + scene.means.chat_patience)


@dataclass(frozen=True, slots=True)
class _Way:
    destination: Destination
    desk: Desk
    extra: Extra


def _outbound(scene: Scene, notice: Notice, way: _Way) -> Outbound:
    thread = way.destination.thread
    mailbox = way.desk.mailbox(way.destination.entry_point)
    entry = way.desk.entry_point(way.destination.entry_point)
    conversation, customer = _conversation(scene, notice), _customer(scene, notice)
    zone = None if customer is None else customer.profile.time_zone
    route = None if conversation is None else _route(conversation, way.extra)
    return Outbound(
        notice_id=str(notice.notice_id),
        kind=notice.kind.value,
        notice_class=notice.class_.value,
        template=notice.template,
        locale=notice.locale,
        time_zone=zone or way.desk.time_zone,
        channel=way.destination.channel,
        address=way.destination.address,
        conversation_id=None if notice.conversation_id is None else str(notice.conversation_id),
        customer_id=None if notice.customer_id is None else str(notice.customer_id),
        desk=way.desk.slug,
        entry_point=way.destination.entry_point or (None if mailbox is None else mailbox.name),
        sender=None if entry is None else entry.address,
        from_address=None if mailbox is None else mailbox.address,
        from_name=way.desk.name,
        reply_domain=_reply_domain(mailbox),
        automatic=_automatic(notice, way.extra),
        thread_subject=None if route is None else route.subject,
        in_reply_to=None if thread is None else thread.message_id,
        references=() if thread is None else thread.references,
        provider_thread_id=None if thread is None else thread.provider_thread_id,
        cc=way.extra.cc,
        variables=dict(notice.variables),
        planned_at=scene.now.isoformat(),
        give_up_at=_give_up_at(scene, notice).isoformat(),
    )


def _automatic(notice: Notice, extra: Extra) -> str:
    if notice.kind is Kind.REPLY:
        return "no" if extra.by_person else "auto-replied"
    return "auto-replied" if notice.kind is Kind.ACKNOWLEDGEMENT else "auto-generated"


def _reply_domain(mailbox: EntryPoint | None) -> str | None:
    if mailbox is None:
        return None
    return mailbox.reply_domain or (mailbox.address or "").rpartition("@")[2] or None


def _give_up_at(scene: Scene, notice: Notice) -> datetime:
    is_news = notice.kind is Kind.ACKNOWLEDGEMENT
    latest = scene.now + (scene.means.acknowledgement_worth if is_news else scene.means.give_up_after)
    return latest if notice.expires_at is None else min(latest, notice.expires_at)
