"""What follows from one piece of news? The one way into the core."""

from datetime import datetime

from bellhop_common.decision import CallEnded, Decision, MissingReference, TimerDue
from bellhop_notifier.domain import inputs
from bellhop_notifier.domain.acknowledging import on_contact, on_queued, on_response_due
from bellhop_notifier.domain.aftercare import cancel_aftercare, on_closed, on_threat
from bellhop_notifier.domain.customer_news import on_customer, on_customer_gone, on_unsubscribed
from bellhop_notifier.domain.events import Event
from bellhop_notifier.domain.greetings import on_day_begun, send_greeting
from bellhop_notifier.domain.inputs import Input
from bellhop_notifier.domain.notice import Kind
from bellhop_notifier.domain.receipts import on_receipt
from bellhop_notifier.domain.replying import on_cancel_requested, on_replied, on_requested
from bellhop_notifier.domain.scene import GREET, UNHEARD, Means, Scene, State
from bellhop_notifier.domain.sending import on_call_ended, send_if_fit
from bellhop_notifier.domain.subjects import DESK_FILES, read_pointer
from bellhop_notifier.domain.unheard import on_unheard

Decided = Decision[State, Event] | MissingReference


def decide(state: State, happened: Input, now: datetime, means: Means) -> Decided:
    """`state` holds the documents that `subjects` and `reads` name for this input."""
    after = _after(Scene(state, now, means), happened)
    return after if isinstance(after, MissingReference) else after.decision()


def _after(scene: Scene, happened: Input) -> Scene | MissingReference:
    match happened:
        case TimerDue():
            return _on_timer(scene, happened)
        case inputs.DeskChanged():
            return scene.keep(DESK_FILES, scene.desk_files.having(happened.desk))
        case CallEnded() | inputs.Receipt() | inputs.NoticeRequested() | inputs.CancelRequested():
            return _on_notice(scene, happened)
        case inputs.CustomerChanged() | inputs.CustomerGone() | inputs.Unsubscribed():
            return _on_customer(scene, happened)
        case inputs.ContactArrived() | inputs.ResponseDue() | inputs.Ignored():
            return _on_conversation(scene, happened)
        case _:
            return _on_work(scene, happened)


def _on_conversation(scene: Scene, news: inputs.AboutConversation) -> Scene:
    match news:
        case inputs.ContactArrived():
            return on_contact(scene, news)
        case inputs.ResponseDue():
            return on_response_due(scene, news)
        case inputs.Ignored():
            return scene


def _on_notice(scene: Scene, news: inputs.AboutNotice) -> Scene | MissingReference:
    match news:
        case CallEnded():
            return on_call_ended(scene, news)
        case inputs.Receipt():
            return on_receipt(scene, news)
        case inputs.NoticeRequested():
            return on_requested(scene, news)
        case inputs.CancelRequested():
            return on_cancel_requested(scene, news)


def _on_work(scene: Scene, news: inputs.AboutWork) -> Scene | MissingReference:
    match news:
        case inputs.WorkQueued():
            return on_queued(cancel_aftercare(scene, news.place), news)
        case inputs.Replied():
            return on_replied(scene, news)
        case inputs.WorkClosed():
            return on_closed(scene, news)
        case inputs.Reopened():
            return cancel_aftercare(scene, news.place)
        case inputs.ThreatReported():
            return on_threat(scene, news)


def _on_customer(scene: Scene, news: inputs.CustomerChanged | inputs.CustomerGone | inputs.Unsubscribed) -> Scene:
    match news:
        case inputs.CustomerChanged():
            return on_customer(scene, news)
        case inputs.CustomerGone():
            return on_customer_gone(scene, news)
        case inputs.Unsubscribed():
            return on_unsubscribed(scene, news)


def _on_timer(scene: Scene, timer: TimerDue) -> Scene:
    """A timer that comes after its notice has ended finds nothing to do."""
    pointer = read_pointer(timer.subject)
    if timer.kind == GREET:
        return on_day_begun(scene, pointer, timer.due_at)
    if timer.kind == UNHEARD:
        return on_unheard(scene, pointer)
    notice = scene.notice(pointer.key)
    if notice is None or not notice.is_waiting:
        return scene
    return send_greeting(scene, notice) if notice.kind is Kind.BIRTHDAY else send_if_fit(scene, notice)
