"""Does the claim rule see a second live claim, and a second open item?"""

from bellhop_common.history.rules import live_claim
from bellhop_common.history.verdicts import Status
from support.conversations import Conversation
from support.histories import Chronicle, judged, violations


def test_offers_one_after_another_and_an_assignment_are_legal() -> None:
    ring = Conversation(Chronicle(), "ring")
    ring.queued()
    ring.offered("ana")
    ring.declined()
    ring.taken("ben")
    ring.ended()
    ring.claimed("cem")
    verdict = judged(ring.history, live_claim.RULE)[""]
    assert (verdict.status, verdict.cases) == (Status.OK, 4)


def test_a_second_pending_offer_is_a_violation() -> None:
    ring = Conversation(Chronicle(), "ring")
    ring.queued()
    ring.offered("ana")
    ring.offered("ben")
    assert violations(judged(ring.history, live_claim.RULE)[""]) == ["a second live claim on one item"]


def test_an_offer_beside_an_assignment_is_a_violation() -> None:
    ring = Conversation(Chronicle(), "ring")
    ring.queued()
    ring.taken("ana")
    ring.offered("ben")
    assert judged(ring.history, live_claim.RULE)[""].found == 1


def test_a_second_claim_by_hand_is_excepted() -> None:
    ring = Conversation(Chronicle(), "ring")
    ring.queued()
    ring.taken("ana")
    ring.claimed("ben")
    assert judged(ring.history, live_claim.RULE)[""].status is Status.OK


def test_a_second_open_item_in_a_conversation_is_a_violation() -> None:
    ring = Conversation(Chronicle(), "ring")
    ring.queued()
    ring.queued()
    assert violations(judged(ring.history, live_claim.RULE)[""]) == ["a second open item in one conversation"]


def test_a_wrap_up_that_outlives_its_item_is_no_second_claim() -> None:
    ring = Conversation(Chronicle(), "ring")
    ring.queued()
    ring.taken("ana")
    ring.resolved()
    ring.reopened()
    ring.offered("ben")
    assert judged(ring.history, live_claim.RULE)[""].status is Status.OK


def test_a_message_after_a_merge_opens_no_second_item() -> None:
    history = Chronicle()
    ring, door = Conversation(history, "ring"), Conversation(history, "door")
    ring.queued()
    door.queued()
    ring.work("merged", {"into": door.id})
    door.added()
    assert judged(history, live_claim.RULE)[""].status is Status.OK
