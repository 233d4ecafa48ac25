"""Does the capacity rule add up what each agent holds, in the desk's order?"""

import pytest

from bellhop_common.events.topics import WORK
from bellhop_common.history.rules import capacity
from bellhop_common.history.verdicts import Status, Verdict
from support.conversations import Conversation
from support.histories import Chronicle, judged, violations


def verdict_on(history: Chronicle) -> Verdict:
    return judged(history, capacity.RULE)[""]


@pytest.fixture
def history() -> Chronicle:
    return Chronicle()


def test_every_step_that_takes_and_frees_room_adds_up(history: Chronicle) -> None:
    ring = Conversation(history, "ring", weight=60)
    ring.queued()
    ring.offered("ana")
    ring.declined()
    ring.taken("ana")
    ring.paused("pended")
    other = Conversation(history, "other", weight=90)
    other.queued()
    other.claimed("ana")
    other.resolved()
    other.assignment("wrap-up-started")
    other.ended()
    ring.paused("resumed")
    ring.paused("set-aside")
    ring.paused("continued")
    ring.ended()
    verdict = verdict_on(history)
    assert (violations(verdict), verdict.status, history.used) == ([], Status.OK, {"ana": 0})


def test_an_offer_freed_on_another_partition_at_a_later_offset_is_legal(history: Chronicle) -> None:
    ring, door = Conversation(history, "ring", weight=100), Conversation(history, "door", weight=100)
    for _ in range(5):
        ring.work("flagged")
    ring.queued()
    ring.offered("ana")
    freed = ring.declined()
    door.queued()
    taken = door.offered("ana")
    assert freed.raw.partition != taken.raw.partition
    assert freed.raw.offset > taken.raw.offset
    assert verdict_on(history).status is Status.OK


def test_a_stated_load_that_does_not_add_up_is_a_violation(history: Chronicle) -> None:
    ring = Conversation(history, "ring", weight=10)
    ring.queued()
    ring.offered("ana", agent={"id": "ana", "used_before": 20, "used_after": 30, "capacity": 100})
    assert violations(verdict_on(history)) == ["load of ana stated as 20 → 30, computed 0 → 10"]


def test_a_change_of_the_load_that_is_not_stated_is_a_violation(history: Chronicle) -> None:
    ring = Conversation(history, "ring", weight=10)
    ring.queued()
    ring.offered("ana", agent=None)
    assert violations(verdict_on(history)) == ["work.offered changes a load by 10 and does not say so"]


def test_a_pending_that_frees_nothing_is_a_violation(history: Chronicle) -> None:
    ring = Conversation(history, "ring", weight=10)
    ring.queued()
    ring.taken("ana")
    ring.assignment("pended", agent={"id": "ana", "used_before": 10, "used_after": 10, "capacity": 100})
    assert violations(verdict_on(history)) == ["load of ana stated as 10 → 10, computed 10 → 0"]


def test_a_load_raised_above_the_capacity_by_the_router_is_a_violation(history: Chronicle) -> None:
    history.capacity["ana"] = 15
    for name in ("ring", "door"):
        conversation = Conversation(history, name, weight=10)
        conversation.queued()
        conversation.offered("ana")
    assert violations(verdict_on(history)) == ["load raised to 20 above the capacity of 15, and not by hand"]


def test_resuming_above_the_capacity_is_a_violation(history: Chronicle) -> None:
    ring = Conversation(history, "ring", weight=10)
    ring.queued()
    ring.taken("ana")
    ring.paused("pended")
    history.capacity["ana"] = 5
    ring.paused("resumed")
    assert violations(verdict_on(history)) == ["load raised to 10 above the capacity of 5, and not by hand"]


def test_an_excess_by_hand_is_legal(history: Chronicle) -> None:
    history.capacity["ana"] = 5
    ring = Conversation(history, "ring", weight=10)
    ring.queued()
    ring.claimed("ana")
    assert verdict_on(history).status is Status.OK


def test_an_excess_by_hand_of_nobody_is_a_violation(history: Chronicle) -> None:
    ring = Conversation(history, "ring")
    ring.queued()
    ring.claimed("ana", actor={"kind": "system", "id": "router"})
    assert violations(verdict_on(history)) == ["manual, but its actor is system, no agent or supervisor"]


def test_a_capacity_lowered_below_the_use_is_legal(history: Chronicle) -> None:
    ring, door = (Conversation(history, name, weight=40) for name in ("ring", "door"))
    for conversation in (ring, door):
        conversation.queued()
        conversation.taken("ana")
    history.capacity["ana"] = 50
    ring.paused("pended")
    door.ended()
    assert verdict_on(history).status is Status.OK


def test_a_truncated_log_is_checked_from_where_the_account_is_complete(history: Chronicle) -> None:
    ring = Conversation(history, "ring", weight=10)
    first = ring.queued()
    ring.taken("ana")
    later = ring.work("noted")
    ring.paused("pended")
    ring.paused("resumed", agent={"id": "ana", "used_before": 0, "used_after": 99, "capacity": 100})
    history.cut(WORK, first.raw.partition, later.raw.offset)
    verdict = verdict_on(history)
    assert (verdict.cases, verdict.unchecked) == (1, 1)


def test_in_a_raised_epoch_loads_go_on_from_what_is_stated(history: Chronicle) -> None:
    ring = Conversation(history, "ring", weight=10)
    ring.queued()
    ring.taken("ana")
    history.restore()
    ring.paused("pended")
    ring.paused("resumed")
    verdict = verdict_on(history)
    assert (verdict.status, verdict.unchecked) == (Status.OK, 1)
