"""What became of something we sent? Delivered or bounced, as the provider tells us, each told on once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bellhop_common.decision import MissingReference
from bellhop_common.ids import natural_id
from bellhop_notifier.domain.events import AddressMarked
from bellhop_notifier.domain.inputs import Receipt
from bellhop_notifier.domain.notice import Fact, Notice, NoticeEvent, Step
from bellhop_notifier.domain.scene import UNHEARD, Scene
from bellhop_notifier.domain.subjects import pointer_to, sent_subject


@dataclass(frozen=True, slots=True)
class SentMessage:
    """Kept under the provider's id, since receipts know nothing else. `words` only while they may be needed again."""

    notice: Notice
    delivered: bool = False
    bounced: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    by_person: bool = False


def remember_sent(scene: Scene, step: Step, said: SentMessage | None = None) -> Scene:
    """`said` where more than the notice has to be remembered."""
    notice, told = step
    if not told or notice.provider_message_id is None:
        return scene.step(step)
    message = SentMessage(notice) if said is None else replace(said, notice=notice)
    return scene.step(step).keep(sent_subject(notice.provider_message_id), message)


def on_receipt(scene: Scene, receipt: Receipt) -> Scene | MissingReference:
    """It may be faster than our own note of the sending; then it waits."""
    subject = sent_subject(receipt.provider_message_id)
    message = scene.state.get(subject)
    if not isinstance(message, SentMessage):
        return MissingReference("sent-message", receipt.provider_message_id)
    if receipt.state == "delivered":
        return scene if message.delivered else _delivered(scene, message)
    if message.bounced:
        return scene
    return _bounced(scene, message.notice, receipt).keep(subject, replace(message, bounced=True))


def _delivered(scene: Scene, message: SentMessage) -> Scene:
    """What was waited for has come, so nothing has to be said again."""
    told = scene.tell(NoticeEvent(Fact.DELIVERED, message.notice))
    heard = told.let_sleep(UNHEARD, pointer_to(message.notice)) if message.words else told
    subject = sent_subject(message.notice.provider_message_id or "")
    return heard.keep(subject, replace(message, delivered=True, words={}))


def _bounced(scene: Scene, notice: Notice, receipt: Receipt) -> Scene:
    told = scene.tell(
        NoticeEvent(Fact.BOUNCED, notice, permanent=receipt.permanent, error_class=receipt.error_class or "bounced")
    )
    if not receipt.permanent or notice.customer_id is None or not notice.address or notice.channel != "email":
        return told
    return told.tell(
        AddressMarked(
            command_id=natural_id("mark-address", str(notice.notice_id)),
            issued_at=scene.now,
            customer_id=notice.customer_id,
            handle_kind=notice.channel,
            address=notice.address,
            state="dead",
        )
    )
