"""What if nobody sits in front of the chat any more? Then the text goes by mail, or comes back."""

from dataclasses import replace

from bellhop_notifier.domain.notice import Fact, Life, NoticeEvent, schedule
from bellhop_notifier.domain.receipts import SentMessage
from bellhop_notifier.domain.routes import EMAIL, Destination, mail_destination
from bellhop_notifier.domain.scene import Scene
from bellhop_notifier.domain.sending import Extra, send_if_fit
from bellhop_notifier.domain.subjects import Pointer, by_mail, notice_id, sent_subject

UNRECEIVED = "unreceived"


def on_unheard(scene: Scene, pointer: Pointer) -> Scene:
    """The mail is a notice of its own; the first one has ended, and says that it bounced."""
    subject = sent_subject(str(notice_id(pointer.key)))
    message = scene.state.get(subject)
    if not isinstance(message, SentMessage) or message.delivered or message.bounced:
        return scene
    handles = () if pointer.customer_id is None else scene.customer(pointer.customer_id).profile.handles
    reachable = isinstance(mail_destination(handles), Destination)
    bounced = NoticeEvent(Fact.BOUNCED, message.notice, permanent=not reachable, error_class=UNRECEIVED)
    told = scene.tell(bounced).keep(subject, replace(message, bounced=True, words={}))
    return _send_by_mail(told, message) if reachable else told


def _send_by_mail(scene: Scene, message: SentMessage) -> Scene:
    key = by_mail(message.notice.key)
    if scene.notice(key) is not None:
        return scene
    notice = replace(
        message.notice,
        notice_id=notice_id(key),
        key=key,
        channel=EMAIL,
        address=None,
        due_at=scene.now,
        variables=dict(message.words),
        life=Life.SCHEDULED,
        provider=None,
        provider_message_id=None,
    )
    return send_if_fit(scene.step(schedule(notice)), notice, Extra(by_person=message.by_person))
