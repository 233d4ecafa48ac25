"""What does a record from a topic mean to the notifier? Its news as a value of the core, or nothing."""

from typing import TypeAlias
from uuid import UUID

from bellhop_common.events import contacts, customers, desks, notices, sla, work
from bellhop_common.events.wire import ReplyRoute
from bellhop_common.events.work import WorkEvent, WorkKind
from bellhop_common.kernel.delivery import Received
from bellhop_notifier.adapters.plain_text import plain_text
from bellhop_notifier.domain import inputs
from bellhop_notifier.domain.conversations import Route
from bellhop_notifier.domain.customers import Handle, Occasion, Profile
from bellhop_notifier.domain.desks import Desk, EntryPoint, NoticeRule
from bellhop_notifier.domain.inputs import News, Place
from bellhop_notifier.domain.notice import Recipient

Maybe: TypeAlias = News | None
PROMISED = (sla.SlaClockStarted, sla.SlaClockMoved)


def translate(received: Received) -> Maybe:
    """Pure, and total for every valid event. Where sequences count, also what means nothing to us is an input."""
    news = _news(received)
    if news is None and received.topic.sequenced:
        return inputs.Ignored(received.stamp.desk or "", received.key)
    return news


def _news(received: Received) -> Maybe:
    match received.body:
        case None:
            return _gone(received)
        case WorkEvent() as body:
            return _work(body, received)
        case customers.CustomerState() as body:
            return inputs.CustomerChanged(body.customer_id, body.version, profile(body))
        case desks.DeskApplied() as body:
            return inputs.DeskChanged(desk(body, received.stamp.desk or received.key.partition("/")[0]))
        case notices.DeliveryReceipt() as body:
            return _receipt(body)
        case _:
            return _rest(received)


def desk_of(news: News) -> str:
    """Customers and receipts belong to no desk; nor do desk files, so that none waits behind work that waits for it."""
    match news:
        case inputs.ContactArrived() | inputs.ResponseDue() | inputs.NoticeRequested() | inputs.Ignored():
            return news.desk
        case inputs.WorkQueued() | inputs.Replied() | inputs.WorkClosed() | inputs.Reopened():
            return news.place.desk
        case inputs.ThreatReported():
            return news.place.desk
        case _:
            return ""


def _gone(received: Received) -> Maybe:
    """A desk file's deletion only means that no work uses that version any more."""
    if customers.CustomerState.type_name not in received.topic.types:
        return None
    try:
        return inputs.CustomerGone(UUID(received.key))
    except ValueError:
        return None


def _rest(received: Received) -> Maybe:
    body, slug = received.body, received.stamp.desk
    if isinstance(body, notices.NoticeCancel):
        return inputs.CancelRequested(body.notice_id)
    if isinstance(body, notices.NoticeRequest):
        return _request(body)
    if isinstance(body, contacts.ContactReceived) and slug is not None:
        return _contact(body, slug)
    if isinstance(body, PROMISED) and body.metric is sla.Metric.FIRST_RESPONSE and slug is not None:
        return inputs.ResponseDue(slug, body.conversation_id, body.cycle, body.due_at)
    return None


def _contact(body: contacts.ContactReceived, slug: str) -> inputs.ContactArrived:
    return inputs.ContactArrived(
        desk=slug,
        contact_id=body.contact_id,
        conversation_id=body.conversation_id,
        customer_id=body.customer.id,
        reference=body.reference,
        route=route(body.reply_route),
        customer_name=body.customer.name or "",
        locale=body.customer.locale or (None if body.language is None else body.language.tag),
    )


def _work(body: WorkEvent, received: Received) -> Maybe:
    if received.stamp.desk is None:
        return None
    place = Place(
        desk=received.stamp.desk,
        desk_version=received.stamp.desk_version or 0,
        conversation_id=body.conversation_id,
        customer_id=body.customer_id,
        cycle=body.cycle,
    )
    match body:
        case work.WorkQueued():
            return _queued(body, place)
        case work.WorkReplied():
            return _replied(body, place) if body.visibility == "public" else None
        case work.WorkResolved() | work.WorkAbandoned():
            return inputs.WorkClosed(place, resolved=isinstance(body, work.WorkResolved))
        case work.WorkReopened():
            return inputs.Reopened(place)
        case work.WorkThreatReported():
            return inputs.ThreatReported(place)
        case _:
            return None


def _queued(body: work.WorkQueued, place: Place) -> inputs.WorkQueued:
    return inputs.WorkQueued(
        place=place,
        reference=body.reference,
        channel=body.channel.value,
        from_contact=body.kind is WorkKind.CONTACT,
        route=None if body.reply_route is None else route(body.reply_route),
        locale=body.customer.locale,
    )


def _replied(body: work.WorkReplied, place: Place) -> inputs.Replied:
    return inputs.Replied(
        place=place,
        reply_id=body.reply_id,
        text=plain_text(body.text) if body.format == "html" else body.text,
        language=body.language,
        by_person=body.author.kind == "person",
        cc=body.cc,
        attachments=len(body.attachments),
        in_reply_to=body.in_reply_to_contact_id,
        route=None if body.reply_route is None else route(body.reply_route),
    )


def _receipt(body: notices.DeliveryReceipt) -> inputs.Receipt | None:
    if body.state == "accepted":
        return None
    arrived = body.state in {"delivered", "read"}
    return inputs.Receipt(
        provider_message_id=body.provider_message_id,
        state="delivered" if arrived else "bounced",
        permanent=body.state == "failed" if body.permanent is None else body.permanent,
        error_class=body.status or body.state,
    )


def _request(body: notices.NoticeRequest) -> inputs.NoticeRequested:
    return inputs.NoticeRequested(
        command_id=body.command_id,
        desk=body.desk,
        recipient=_recipient(body.recipient),
        text=body.text,
        subject=body.subject,
        send_at=body.send_at,
    )


def _recipient(asked: notices.Recipient) -> Recipient:
    """A customer that is named by anything but their id is nobody we could write to."""
    try:
        return Recipient(asked.kind, str(UUID(asked.id)) if asked.kind == "customer" else asked.id)
    except ValueError:
        return Recipient("address", asked.id)


def route(given: ReplyRoute) -> Route:
    return Route(
        entry_point=given.entry_point,
        channel=given.channel.value,
        handle=given.handle,
        can_reply_until=given.can_reply_until,
        provider_thread_id=given.provider_thread_id,
        message_id=given.message_id,
        references=given.references,
        subject=given.subject,
    )


def profile(body: customers.CustomerState) -> Profile:
    return Profile(
        status=body.status,
        merged_into=body.merged_into,
        name=body.name,
        preferred_name=body.preferred_name,
        locale=body.locale,
        time_zone=body.time_zone,
        handles=tuple(Handle(one.kind.value, one.value, one.verified, one.state) for one in body.handles),
        flags=frozenset(body.flags),
        consents=frozenset(one.class_ for one in body.consents),
        occasions=tuple(Occasion(one.kind, one.month, one.day, one.year) for one in body.occasions),
        do_not_contact=body.do_not_contact,
        deceased=body.deceased,
    )


def desk(body: desks.DeskApplied, slug: str) -> Desk:
    return Desk(
        slug=slug,
        version=body.version,
        name=body.name,
        time_zone=body.time_zone,
        locale=body.locale,
        entry_points=tuple(
            EntryPoint(one.name, one.channel.value, one.address, one.reply_domain, one.locale)
            for one in body.entry_points
        ),
        rules=tuple(
            NoticeRule(one.kind, one.enabled, one.delay, one.window, one.open_case, one.template)
            for one in body.notices
        ),
    )
