"""What follows the end of a conversation, and what takes it back? Thank-you and follow-up, cancelled on reopening."""

from dataclasses import replace

from bellhop_common.decision import MissingReference
from bellhop_notifier.domain.greetings import resume_waiting
from bellhop_notifier.domain.inputs import Place, ThreatReported, WorkClosed
from bellhop_notifier.domain.notice import Reason, cancel, schedule
from bellhop_notifier.domain.planning import Plan, about
from bellhop_notifier.domain.scene import SEND, Scene
from bellhop_notifier.domain.subjects import AFTER_RESOLUTION, notice_key, pointer_to


def on_closed(scene: Scene, news: WorkClosed) -> Scene | MissingReference:
    desk, place = scene.desk(news.place.desk), news.place
    if desk is None:
        return MissingReference("desk", place.desk)
    closed = _closed(scene, place)
    if not news.resolved or place.customer_id is None:
        return closed
    for kind in AFTER_RESOLUTION:
        plan = Plan(kind, notice_key(kind, place.conversation_id, place.cycle), desk, place)
        if desk.rule(kind).enabled and closed.notice(plan.key) is None:
            notice = about(closed, plan, closed.now + desk.rule(kind).delay)
            closed = closed.step(schedule(notice)).wake(SEND, pointer_to(notice), notice.due_at)
    return closed


def on_threat(scene: Scene, news: ThreatReported) -> Scene:
    conversation = scene.conversation(news.place.conversation_id)
    marked = scene.keep_conversation(replace(conversation, threat=True))
    if news.place.customer_id is None:
        return marked
    customer = marked.customer(news.place.customer_id)
    return marked.keep_customer(replace(customer, threats=customer.threats | {news.place.conversation_id}))


def cancel_aftercare(scene: Scene, place: Place) -> Scene:
    """The matter isn't over after all. Of this cycle and the one before: whichever of them was about to be told."""
    for kind in AFTER_RESOLUTION:
        for cycle in (place.cycle - 1, place.cycle):
            notice = scene.notice(notice_key(kind, place.conversation_id, cycle))
            scene = scene if notice is None else scene.step(cancel(notice, Reason.REOPENED))
    return scene


def _closed(scene: Scene, place: Place) -> Scene:
    known = scene.conversation(place.conversation_id)
    closed = scene.keep_conversation(replace(known, is_open=False, cycle=max(known.cycle, place.cycle)))
    if place.customer_id is None:
        return closed
    customer = closed.customer(place.customer_id).closed(place.conversation_id)
    return resume_waiting(closed.keep_customer(customer), customer)
