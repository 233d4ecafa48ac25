"""Does the item machine allow every life in the table, and nothing else?"""

import pytest

from bellhop_common.events.topics import WORK
from bellhop_common.history.rules import item_machine
from bellhop_common.history.verdicts import Status, Verdict
from support.conversations import Conversation
from support.histories import Chronicle, judged, violations


def verdict_on(history: Chronicle) -> Verdict:
    return judged(history, item_machine.RULE)[""]


@pytest.fixture
def ring() -> Conversation:
    return Conversation(Chronicle(), "ring")


def test_a_long_life_with_every_kind_of_step_is_legal(ring: Conversation) -> None:
    ring.queued()
    ring.work("relaxed", {"step": 1})
    ring.offered("ana")
    ring.declined()
    ring.offered("ben")
    ring.freed_offer("offer-expired")
    ring.offered("ana")
    ring.added()
    ring.freed_offer("offer-rescinded", cause="escalated")
    ring.work("escalated", {"from_tier": 1, "to_tier": 2, "cause": "misses"})
    ring.taken("cem")
    for step in ("replied", "noted", "promised", "consulted"):
        ring.work(step)
    ring.paused("pended")
    ring.work("noted")
    ring.paused("resumed")
    ring.paused("set-aside")
    ring.paused("continued")
    ring.ended()
    ring.work("transferred", {"from_queue": "general"})
    ring.claimed("dora")
    ring.resolved()
    ring.assignment("wrap-up-started")
    ring.work("reply-failed")
    ring.assignment("wrap-up-ended")
    ring.ended()
    ring.reopened()
    ring.work("abandoned", {"waited_seconds": 3.0})
    verdict = verdict_on(ring.history)
    assert (violations(verdict), verdict.status, verdict.cases) == ([], Status.OK, 2)


def test_an_item_may_be_resolved_after_its_assignment_ended(ring: Conversation) -> None:
    ring.queued()
    ring.taken()
    ring.ended()
    ring.resolved()
    assert verdict_on(ring.history).status is Status.OK


def test_an_item_that_was_never_queued_is_a_violation(ring: Conversation) -> None:
    ring.offered()
    assert violations(verdict_on(ring.history)) == ["work.offered of an item that was never queued"]


def test_an_item_that_is_queued_twice_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.queued(reopened=True)
    assert violations(verdict_on(ring.history)) == ["work.queued of an item that is waiting"]


@pytest.mark.parametrize("step", ["replied", "noted", "promised", "pended", "assignment-ended"])
def test_what_an_agent_does_needs_an_assignment(ring: Conversation, step: str) -> None:
    ring.queued()
    ring.assignment(step)
    assert f"work.{step} of an item that is waiting" in violations(verdict_on(ring.history))


@pytest.mark.parametrize("step", ["transferred", "escalated", "requeued"])
def test_an_assignment_ends_before_the_item_goes_back(ring: Conversation, step: str) -> None:
    ring.queued()
    ring.taken()
    ring.work(step)
    assert violations(verdict_on(ring.history)) == [f"work.{step} of an item that is assigned"]


@pytest.mark.parametrize("step", ["escalated", "requeued", "transferred", "resolved", "merged", "abandoned"])
def test_a_live_offer_is_rescinded_before_any_other_step(ring: Conversation, step: str) -> None:
    ring.queued()
    ring.offered()
    ring.work(step)
    assert violations(verdict_on(ring.history)) == [f"work.{step} while an offer is live: it is rescinded first"]


@pytest.mark.parametrize("end", ["resolved", "abandoned", "merged"])
def test_nothing_is_offered_after_an_end(ring: Conversation, end: str) -> None:
    ring.queued()
    ring.work(end)
    ring.offered()
    assert violations(verdict_on(ring.history)) == ["work.offered of an item that is ended"]


def test_an_accept_that_assigns_nobody_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered()
    ring.accepted()
    ring.resolved()
    assert violations(verdict_on(ring.history)) == ["work.resolved while an offer is live: it is rescinded first"]


def test_an_answer_to_an_offer_that_is_not_pending_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered()
    ring.accepted(offer_id="another")
    assert "work.offer-accepted of an offer that isn't pending" in violations(verdict_on(ring.history))


def test_an_answer_by_another_agent_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered("ana")
    ring.accepted(agent_id="ben")
    assert violations(verdict_on(ring.history)) == ["work.offer-accepted by ben, offered to ana"]


def test_an_answer_in_another_agents_name_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered("ana")
    ring.declined(actor={"kind": "agent", "id": "ben"})
    assert violations(verdict_on(ring.history)) == ["work.offer-declined by ben, offered to ana"]


def test_two_ends_of_one_offer_are_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered()
    ring.declined()
    ring.freed_offer("offer-expired")
    assert "two ends of one offer" in violations(verdict_on(ring.history))


def test_an_accept_appended_after_the_expiry_that_still_assigns_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered(timeout_seconds=2)
    ring.history.tick(5)
    command = ring.command("accept", offer_id=ring.claim)
    ring.accepted(cause=command.id)
    ring.assigned()
    assert violations(verdict_on(ring.history)) == [
        "an accept that was appended after the offer's expiry still assigns"
    ]


def test_an_accept_appended_in_time_may_be_applied_late(ring: Conversation) -> None:
    ring.queued()
    ring.offered(timeout_seconds=2)
    command = ring.command("accept", offer_id=ring.claim)
    ring.history.tick(60)
    ring.accepted(cause=command.id)
    ring.assigned()
    assert verdict_on(ring.history).status is Status.OK


def test_an_assignment_that_names_another_offer_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered()
    ring.accepted()
    ring.assigned(offer_id="another")
    assert violations(verdict_on(ring.history)) == ["assigned, but not by the offer that was accepted"]


def test_an_assignment_to_another_agent_than_accepted_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered("ana")
    ring.accepted()
    ring.assigned(agent_id="ben")
    assert violations(verdict_on(ring.history)) == ["assigned to ben, accepted by ana"]


def test_resuming_what_is_not_pended_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.taken()
    ring.paused("resumed")
    assert violations(verdict_on(ring.history)) == ["work.resumed twice"]


def test_reopening_an_item_that_has_not_ended_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.reopened()
    assert "reopened, but the item before it has not ended" in violations(verdict_on(ring.history))


def test_a_further_item_of_the_same_cycle_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.resolved()
    ring.cycle += 1
    ring.queued(reopened=True, cycle=1)
    assert violations(verdict_on(ring.history)) == ["a further item of cycle 1, expected 2"]


def test_a_truncated_conversation_is_not_checked(ring: Conversation) -> None:
    first = ring.queued()
    second = ring.offered()
    ring.declined()
    ring.history.cut(WORK, first.raw.partition, second.raw.offset)
    verdict = verdict_on(ring.history)
    assert (verdict.status, verdict.why) == (Status.NOT_CHECKED, "1 conversations begin before the log does")


def test_work_that_goes_on_in_a_raised_epoch_is_not_checked_and_new_work_is(ring: Conversation) -> None:
    ring.queued()
    ring.offered()
    ring.history.restore()
    ring.declined()
    door = Conversation(ring.history, "door")
    door.queued()
    door.resolved()
    verdict = verdict_on(ring.history)
    assert (verdict.status, verdict.cases) == (Status.OK, 2)
    assert verdict.why == "1 work items began before a database was restored"


def test_without_the_topic_nothing_is_checked(ring: Conversation) -> None:
    ring.history.without = frozenset({"work.v1"})
    verdict = verdict_on(ring.history)
    assert (verdict.status, verdict.why) == (Status.NOT_CHECKED, "no topic work.v1")
