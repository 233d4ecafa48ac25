"""What do we learn of a message after it left, and what follows from a hard bounce?"""

from dataclasses import replace

from bellhop_notifier.domain.conversations import Route
from bellhop_notifier.domain.events import AddressMarked, CustomerFlagged, Event
from bellhop_notifier.domain.inputs import Receipt, Unsubscribed
from bellhop_notifier.domain.notice import NoticeEvent
from support.notifier_play import ARRIVED, CUSTOMER, REPLIED, Play, facts, reply_over


def sent_reply() -> tuple[Play, str]:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(REPLIED)
    message_id = f"<{play.calls[0].call_id}@x>"
    play.end_call()
    return play, message_id


def bounce(message_id: str, *, permanent: bool = True) -> Receipt:
    return Receipt(message_id, "bounced", permanent, "5.1.1")


def marks(events: list[Event]) -> list[tuple[str, str]]:
    return [(one.address, one.state) for one in events if isinstance(one, AddressMarked)]


def test_a_hard_bounce_is_told_and_marks_the_address() -> None:
    play, message_id = sent_reply()
    told = play.tell(bounce(message_id))
    assert facts(told) == ["reply bounced"]
    assert [(one.permanent, one.error_class) for one in told if isinstance(one, NoticeEvent)] == [(True, "5.1.1")]
    assert marks(told) == [("maria@example.org", "dead")]


def test_a_soft_bounce_marks_nothing() -> None:
    play, message_id = sent_reply()
    told = play.tell(bounce(message_id, permanent=False))
    assert facts(told) == ["reply bounced"]
    assert marks(told) == []


def test_the_same_bounce_is_told_once() -> None:
    play, message_id = sent_reply()
    play.tell(bounce(message_id))
    assert play.tell(bounce(message_id)) == []


def test_message_ids_are_compared_without_brackets_and_case() -> None:
    play, message_id = sent_reply()
    told = play.tell(Receipt(message_id.strip("<>").upper(), "delivered", permanent=False, error_class=""))
    assert facts(told) == ["reply delivered"]


def test_a_receipt_that_overtakes_our_own_note_waits() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(REPLIED)
    assert play.tell(bounce(f"<{play.calls[0].call_id}@x>")) == []
    assert [one.kind for one in play.missing] == ["sent-message"]


def test_the_receipt_of_a_chat_is_known_by_the_notice() -> None:
    play = Play().set_the_scene()
    play.tell(reply_over(Route("site", "chat")))
    play.tell(REPLIED)
    known = next(one.notice.notice_id for one in play.told if isinstance(one, NoticeEvent))
    told = play.tell(bounce(str(known)))
    assert facts(told) == ["reply bounced"]
    assert marks(told) == []


def test_an_objection_is_passed_on_once() -> None:
    play = Play().set_the_scene()
    objection = Unsubscribed(CUSTOMER, "relationship")
    told = play.tell(objection)
    assert [one.flag for one in told if isinstance(one, CustomerFlagged)] == ["no-relationship"]
    assert play.tell(objection) == []


def test_nobody_is_marked_where_no_customer_is_known() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(replace(REPLIED, place=replace(REPLIED.place, customer_id=None)))
    message_id = f"<{play.calls[0].call_id}@x>"
    play.end_call()
    assert marks(play.tell(bounce(message_id))) == []
