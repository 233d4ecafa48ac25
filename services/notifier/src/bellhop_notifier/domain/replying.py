"""How does an agent's answer become a notice, and what may an operator say to one person?"""

from dataclasses import replace
from uuid import UUID

from bellhop_common.decision import MissingReference
from bellhop_common.ids import natural_id
from bellhop_notifier.domain.desks import Desk
from bellhop_notifier.domain.inputs import CancelRequested, NoticeRequested, Replied
from bellhop_notifier.domain.notice import Kind, Notice, Reason, cancel, refuse, schedule
from bellhop_notifier.domain.planning import Plan, about
from bellhop_notifier.domain.scene import SEND, Scene
from bellhop_notifier.domain.sending import Extra, send_if_fit
from bellhop_notifier.domain.subjects import notice_id, notice_key, notice_subject_of, pointer_to


def on_replied(scene: Scene, news: Replied) -> Scene | MissingReference:
    desk = scene.desk(news.place.desk)
    if desk is None:
        return MissingReference("desk", news.place.desk)
    plan = Plan(Kind.REPLY, notice_key(Kind.REPLY, news.reply_id), desk, news.place)
    if scene.notice(plan.key) is not None:
        return scene
    notice = about(scene, plan, scene.now, {"text": news.text, "author": news.author or desk.name})
    notice = replace(notice, reply_id=news.reply_id, locale=news.language or notice.locale)
    planned = scene.step(schedule(notice))
    if news.attachments:
        # Better that the agent hears of it than that the answer goes without what it speaks of.
        return planned.step(refuse(notice, Reason.ATTACHMENTS))
    extra = Extra(news.in_reply_to, news.route, news.cc, by_person=news.by_person)
    return send_if_fit(planned, notice, extra)


def on_requested(scene: Scene, asked: NoticeRequested) -> Scene | MissingReference:
    desk = scene.desk(asked.desk)
    if desk is None:
        return MissingReference("desk", asked.desk)
    notice = _message(scene, asked, desk)
    if scene.notice(notice.key) is not None:
        return scene
    planned = scene.step(schedule(notice))
    if notice.customer_id is None:
        # An address is only ever named by its hash, and nobody can write to a hash.
        return planned.step(refuse(notice, Reason.NO_ROUTE))
    if notice.due_at <= scene.now:
        return send_if_fit(planned, notice)
    return planned.wake(SEND, pointer_to(notice), notice.due_at)


def on_cancel_requested(scene: Scene, asked: CancelRequested) -> Scene:
    """Too late once it is being sent."""
    notice = scene.notice_at(notice_subject_of(asked.notice_id))
    return scene if notice is None else scene.step(cancel(notice, Reason.REQUESTED))


def _message(scene: Scene, asked: NoticeRequested, desk: Desk) -> Notice:
    key = notice_key(Kind.MESSAGE, natural_id(asked.command_id))
    customer = scene.customer(UUID(asked.recipient.id)) if asked.recipient.kind == "customer" else None
    profile = None if customer is None else customer.profile
    return Notice(
        notice_id=notice_id(key),
        key=key,
        kind=Kind.MESSAGE,
        recipient=asked.recipient,
        customer_id=None if customer is None else customer.customer_id,
        desk=desk.slug,
        desk_version=desk.version,
        template=desk.rule(Kind.MESSAGE).template or Kind.MESSAGE.value,
        locale=(None if profile is None else profile.locale) or desk.locale,
        due_at=max(asked.send_at or scene.now, scene.now),
        variables={
            "customer_name": "" if customer is None else customer.display_name,
            "desk_name": desk.name,
            "subject": asked.subject or desk.name,
            "text": asked.text,
        },
    )
