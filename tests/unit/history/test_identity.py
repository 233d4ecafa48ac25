"""Does the identity rule tell a repeat from a second, different value?"""

from bellhop_common.events.topics import WORK
from bellhop_common.history.rules import identity
from bellhop_common.history.verdicts import Status
from bellhop_common.ids import event_id
from support.conversations import Conversation, agent
from support.histories import Chronicle, judged, violations


def test_a_late_repeat_of_the_first_after_the_ninth_is_counted_and_legal() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    first = ring.queued()
    for _ in range(8):
        ring.work("flagged", {"flag": "vip", "on": True})
    history.again(first)
    verdict = judged(history, identity.RULE)[""]
    assert (verdict.status, verdict.cases, verdict.note) == (Status.OK, 9, "1 repeats")


def test_one_id_with_two_values_is_a_violation_shown_by_both() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    first = ring.queued()
    other = ring.queued(sequence=1, ce_id=first.id, priority=99)
    verdict = judged(history, identity.RULE)[""]
    assert violations(verdict) == [f"id {first.id} carries two different values"]
    assert [place.offset for place in verdict.violations[0].offsets] == [0, other.raw.offset]


def test_one_place_with_two_ids_is_a_violation() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.queued()
    stranger = "6f1fcbf4-6a4a-5c52-9a2c-4a8b7f6d2b11"
    ring.queued(sequence=1, ce_id=stranger)
    expected = event_id(WORK.full("support"), 1, ring.id, 1)
    assert violations(judged(history, identity.RULE)[""]) == [
        f"id {stranger} at epoch 1, sequence 1: expected {expected}"
    ]


def test_a_state_that_changes_under_one_id_is_a_violation() -> None:
    history = Chronicle()
    first = agent(history, "ana")
    agent(history, "ana", ce_id=first.id, presence="away")
    assert judged(history, identity.RULE)[""].found == 1


def test_what_senders_outside_repeat_under_their_own_ids_is_not_ours_to_judge() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.command("claim", ce_id="one")
    ring.command("note", ce_id="one")
    assert judged(history, identity.RULE)[""].status is Status.OK
