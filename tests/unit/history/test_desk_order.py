"""Does the desk-order rule see two events at one position, a falling order and a moved conversation?"""

from bellhop_common.history.rules import desk_order
from bellhop_common.history.verdicts import Status
from support.conversations import Conversation
from support.histories import Chronicle, judged, violations


def test_conversations_in_turns_with_repeats_are_legal() -> None:
    history = Chronicle()
    ring, door = Conversation(history, "ring"), Conversation(history, "door")
    first = ring.queued()
    door.queued()
    ring.taken("ana")
    history.again(first)
    verdict = judged(history, desk_order.RULE)[""]
    assert (verdict.status, verdict.cases) == (Status.OK, 5)


def test_two_events_at_one_position_are_a_violation() -> None:
    history = Chronicle()
    Conversation(history, "ring").queued()
    Conversation(history, "door").queued(desk_seq=1)
    assert violations(judged(history, desk_order.RULE)[""]) == ["help has two events at 1.1"]


def test_two_desks_may_use_the_same_position() -> None:
    history = Chronicle()
    Conversation(history, "ring").queued()
    Conversation(history, "door").queued(desk_seq=1, desk="sales")
    assert judged(history, desk_order.RULE)[""].status is Status.OK


def test_a_desk_order_that_falls_inside_a_conversation_is_a_violation() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.queued(desk_seq=7)
    ring.offered(desk_seq=5)
    assert violations(judged(history, desk_order.RULE)[""]) == ["sequence 2 at 5.1 follows 1 at 7.1"]


def test_a_conversation_that_changes_its_desk_is_a_violation() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.queued()
    ring.offered(desk="sales")
    assert violations(judged(history, desk_order.RULE)[""]) == [f"conversation {ring.id} moves from desk help to sales"]


def test_an_event_without_its_place_in_the_desk_is_a_violation() -> None:
    history = Chronicle()
    Conversation(history, "ring").queued(desk_seq=None)
    assert judged(history, desk_order.RULE)[""].found == 1


def test_a_raised_epoch_counts_from_the_start_again() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.queued()
    history.restore()
    Conversation(history, "door").queued()
    assert judged(history, desk_order.RULE)[""].status is Status.OK
