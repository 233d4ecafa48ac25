"""When do we tell a customer that their message is here? Once a cycle, with the promised time if it is known soon."""

from dataclasses import replace

from bellhop_common.decision import MissingReference
from bellhop_notifier.domain.inputs import ContactArrived, Place, ResponseDue, WorkQueued
from bellhop_notifier.domain.notice import Kind, schedule
from bellhop_notifier.domain.planning import Plan, about
from bellhop_notifier.domain.routes import LIVE
from bellhop_notifier.domain.scene import SEND, Scene
from bellhop_notifier.domain.sending import send_if_fit
from bellhop_notifier.domain.subjects import notice_key, notice_subject, pointer_to


def on_contact(scene: Scene, news: ContactArrived) -> Scene:
    """The newest message is where the next answer goes."""
    known = scene.conversation(news.conversation_id)
    heard = replace(
        known.reached_by(news.contact_id, news.route),
        customer_id=news.customer_id,
        desk=news.desk,
        reference=news.reference,
        customer_name=news.customer_name or known.customer_name,
        locale=news.locale or known.locale,
    )
    customer = replace(scene.customer(news.customer_id), desk=news.desk)
    return scene.keep_conversation(heard).keep_customer(customer)


def on_queued(scene: Scene, news: WorkQueued) -> Scene | MissingReference:
    desk = scene.desk(news.place.desk)
    if desk is None:
        return MissingReference("desk", news.place.desk)
    opened = _opened(scene, news)
    plan = Plan(Kind.ACKNOWLEDGEMENT, _key(news.place), desk, news.place)
    wanted = news.from_contact and news.channel not in LIVE and desk.rule(plan.kind).enabled
    if not wanted or opened.notice(plan.key) is not None:
        return opened
    promised = opened.conversation(news.place.conversation_id).response_due(news.place.cycle)
    if promised is not None:
        notice = about(opened, plan, opened.now, {"expected_at": promised.isoformat()})
        return send_if_fit(opened.step(schedule(notice)), notice)
    notice = about(opened, plan, opened.now + opened.means.acknowledgement_patience, {"expected_at": ""})
    return opened.step(schedule(notice)).wake(SEND, pointer_to(notice), notice.due_at)


def on_response_due(scene: Scene, news: ResponseDue) -> Scene:
    """An acknowledgement that waits for the promised time has it now, and goes as soon as its timer can fire."""
    known = scene.conversation(news.conversation_id)
    if news.cycle < known.response_cycle:
        return scene
    told = scene.keep_conversation(replace(known, response_cycle=news.cycle, response_due_at=news.due_at))
    notice = told.notice(notice_key(Kind.ACKNOWLEDGEMENT, news.conversation_id, news.cycle))
    if notice is None or not notice.is_waiting:
        return told
    promised = replace(notice, variables={**notice.variables, "expected_at": news.due_at.isoformat()})
    return told.keep(notice_subject(promised.key), promised).wake(SEND, pointer_to(promised), told.now)


def _opened(scene: Scene, news: WorkQueued) -> Scene:
    """Also work that is queued again; then nothing here is new."""
    place, known = news.place, scene.conversation(news.place.conversation_id)
    opened = replace(
        known,
        customer_id=place.customer_id or known.customer_id,
        desk=place.desk,
        reference=news.reference or known.reference,
        route=known.route or news.route,
        locale=known.locale or news.locale,
        cycle=max(known.cycle, place.cycle),
        is_open=True,
    )
    kept = scene.keep_conversation(opened)
    if place.customer_id is None:
        return kept
    return kept.keep_customer(kept.customer(place.customer_id).opened(place.conversation_id, place.desk))


def _key(place: Place) -> str:
    return notice_key(Kind.ACKNOWLEDGEMENT, place.conversation_id, place.cycle)
