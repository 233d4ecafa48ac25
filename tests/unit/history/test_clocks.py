"""Does the clock rule know the grammar of a clock, and when it may fire?"""

from datetime import datetime, timedelta

import pytest

from bellhop_common.events.topics import DESK, SLA
from bellhop_common.events.wire import rfc3339
from bellhop_common.history.ports import ClockStory, Outside
from bellhop_common.history.rules import clocks
from bellhop_common.history.verdicts import Status, Verdict
from support.conversations import Conversation
from support.histories import NO_OUTSIDE, START, Chronicle, judged, violations

DUE = rfc3339(START + timedelta(seconds=60))


def verdict_on(history: Chronicle, part: str = "", outside: Outside = NO_OUTSIDE) -> Verdict:
    return judged(history, clocks.RULE, outside=outside)[part]


@pytest.fixture
def ring() -> Conversation:
    return Conversation(Chronicle(), "ring")


def test_a_clock_through_pauses_warnings_breach_and_end_is_legal(ring: Conversation) -> None:
    ring.clock("started", due_at=DUE)
    ring.clock("paused")
    ring.clock("resumed", due_at=DUE)
    ring.clock("warned", threshold=50, due_at=DUE)
    ring.clock("moved", due_at=DUE)
    ring.clock("warned", threshold=80, due_at=DUE)
    ring.history.tick(60)
    ring.clock("breached", due_at=DUE)
    ring.clock("met", due_at=DUE)
    verdict = verdict_on(ring.history)
    assert (violations(verdict), verdict.status, verdict.cases) == ([], Status.OK, 1)
    assert verdict.note == "lateness of 1 breaches: p50 7000 ms, p99 7000 ms, max 7000 ms"


def test_lateness_counts_from_when_the_inputs_were_read(ring: Conversation) -> None:
    ring.clock("started", due_at=DUE)
    ring.history.tick(120)
    ring.clock("breached", due_at=DUE, ready_at=rfc3339(START + timedelta(seconds=121.75)))
    assert verdict_on(ring.history).note == "lateness of 1 breaches: p50 250 ms, p99 250 ms, max 250 ms"


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        (["met"], "sla.clock-met of a clock that never started"),
        (["started", "started"], "the clock starts twice"),
        (["started", "resumed"], "sla.clock-resumed while it is running"),
        (["started", "paused", "paused"], "sla.clock-paused while it is paused"),
        (["started", "paused", "breached"], "breached while it is paused"),
        (["started", "breached", "breached"], "breached twice"),
        (["started", "met", "met"], "sla.clock-met after the clock's end"),
        (["started", "met", "breached"], "sla.clock-breached after the clock's end"),
        (["started", "met", "cancelled"], "sla.clock-cancelled after the clock's end"),
    ],
)
def test_steps_out_of_order_are_a_violation(ring: Conversation, steps: list[str], wrong: str) -> None:
    for step in steps:
        ring.clock(step, due_at=rfc3339(START))
    assert violations(verdict_on(ring.history)) == [wrong]


@pytest.mark.parametrize(
    ("thresholds", "wrong"), [((80, 50), "warned at 50 after 80"), ((50, 50), "warned at 50 after 50")]
)
def test_warnings_rise_and_come_once(ring: Conversation, thresholds: tuple[int, ...], wrong: str) -> None:
    ring.clock("started")
    for threshold in thresholds:
        ring.clock("warned", threshold=threshold)
    assert violations(verdict_on(ring.history)) == [wrong]


def test_a_warning_after_the_breach_is_a_violation(ring: Conversation) -> None:
    ring.clock("started")
    ring.clock("breached", due_at=rfc3339(START))
    ring.clock("warned", threshold=95)
    assert violations(verdict_on(ring.history)) == ["warned after the breach"]


def test_a_breach_corrected_by_name_may_come_again(ring: Conversation) -> None:
    ring.clock("started")
    breach = ring.clock("breached", due_at=rfc3339(START))
    ring.clock("corrected", corrects=breach.id)
    ring.clock("breached", due_at=rfc3339(START))
    met = ring.clock("met")
    ring.clock("corrected", corrects=met.id)
    ring.clock("cancelled")
    assert verdict_on(ring.history).status is Status.OK


def test_a_correction_of_something_never_said_is_a_violation(ring: Conversation) -> None:
    ring.clock("started")
    ring.clock("corrected", corrects="nothing")
    assert violations(verdict_on(ring.history)) == ["corrects something that this clock never said"]


def test_a_breach_before_it_is_due_is_a_violation(ring: Conversation) -> None:
    ring.clock("started", due_at=DUE)
    ring.clock("breached", due_at=DUE)
    assert violations(verdict_on(ring.history)) == [
        "breached at 2026-03-02 09:00:02+00:00, due at 2026-03-02 09:01:00+00:00"
    ]


def test_a_warning_before_it_is_due_is_a_violation(ring: Conversation) -> None:
    ring.clock("started", due_at=DUE)
    ring.clock("warned", threshold=50, due_at=DUE, late_ms=-20)
    assert violations(verdict_on(ring.history)) == ["fired 20 ms before it was due"]


def test_two_clocks_for_one_item_metric_run_and_tier_are_a_violation(ring: Conversation) -> None:
    ring.clock("started")
    ring.clock("started", clock_id="another")
    assert violations(verdict_on(ring.history)) == ["two clocks for one item, metric, run and tier"]


def test_a_due_clock_without_its_end_is_a_violation_at_rest_and_only_there(ring: Conversation) -> None:
    ring.clock("started", due_at=DUE)
    assert verdict_on(ring.history, "at rest").status is Status.NOT_CHECKED
    ring.history.at_rest = True
    assert violations(verdict_on(ring.history, "at rest")) == [
        "due at 2026-03-02 09:01:00+00:00, and neither breached, met nor cancelled"
    ]


def test_a_clock_that_is_paused_or_not_yet_due_is_legal_at_rest(ring: Conversation) -> None:
    ring.history.at_rest = True
    ring.clock("started", due_at=DUE)
    ring.clock("paused", due_at=DUE)
    ring.clock("started", clock_id="later", run=2, due_at=rfc3339(START + timedelta(days=2)))
    assert verdict_on(ring.history, "at rest").status is Status.OK


def test_a_truncated_log_is_not_checked(ring: Conversation) -> None:
    ring.clock("started")
    met = ring.clock("met")
    ring.history.cut(SLA, met.raw.partition, met.raw.offset)
    assert verdict_on(ring.history).status is Status.NOT_CHECKED


def test_a_clock_that_began_before_a_restore_is_not_checked(ring: Conversation) -> None:
    ring.clock("started")
    ring.history.restore()
    ring.clock("met")
    assert verdict_on(ring.history).why == "1 clocks that began before a database was restored"


def sixty_seconds_running(story: ClockStory) -> datetime:
    paused = sum(((until or began) - began for began, until in story.pauses), timedelta())
    share = 1.0 if story.threshold is None else story.threshold / 100
    return story.started.at + timedelta(seconds=60) * share + paused


CALENDAR = Outside(due_at=sixty_seconds_running)


def test_a_due_instant_that_the_calendar_confirms_is_legal(ring: Conversation) -> None:
    ring.history.event(DESK, "desk.applied", "help/1", {"version": 1})
    ring.clock("started", due_at=rfc3339(START + timedelta(seconds=62)))
    pended = ring.work("pended")
    ring.clock("paused", cause=pended.id)
    ring.history.tick(9)
    resumed = ring.work("resumed")
    ring.history.tick(5)
    ring.clock("resumed", cause=resumed.id, due_at=rfc3339(START + timedelta(seconds=73)))
    ring.history.tick(40)
    ring.clock("warned", threshold=50)
    verdict = verdict_on(ring.history, "due", CALENDAR)
    assert (violations(verdict), verdict.status, verdict.cases) == ([], Status.OK, 3)


def test_a_clock_born_while_its_item_is_pending_runs_from_the_resumption(ring: Conversation) -> None:
    ring.history.event(DESK, "desk.applied", "help/1", {"version": 1})
    ring.work("pended")
    added = ring.work("contact-added")
    born = {"started_at": rfc3339(START + timedelta(seconds=2)), "cause": added.id}
    ring.clock("started", due_at=rfc3339(START + timedelta(seconds=64)), **born)
    ring.clock("paused", **born)
    resumed = ring.work("resumed")
    ring.clock("resumed", cause=resumed.id, due_at=rfc3339(START + timedelta(seconds=68)))
    verdict = verdict_on(ring.history, "due", CALENDAR)
    assert (violations(verdict), verdict.cases) == ([], 2)


def test_a_pause_that_no_work_caused_leaves_the_clock_unchecked(ring: Conversation) -> None:
    ring.history.event(DESK, "desk.applied", "help/1", {"version": 1})
    ring.clock("started", due_at=rfc3339(START + timedelta(seconds=62)))
    ring.clock("paused")
    ring.clock("resumed", due_at=rfc3339(START))
    assert verdict_on(ring.history, "due", CALENDAR).unchecked == 2


def test_what_a_change_of_policy_moved_is_not_recomputed(ring: Conversation) -> None:
    ring.history.event(DESK, "desk.applied", "help/1", {"version": 1})
    ring.clock("started", due_at=rfc3339(START + timedelta(seconds=62)))
    ring.clock("moved", due_at=rfc3339(START + timedelta(seconds=30)))
    ring.clock("met")
    verdict = verdict_on(ring.history, "due", CALENDAR)
    assert (verdict.status, verdict.cases, verdict.unchecked) == (Status.OK, 1, 2)


def test_a_due_instant_that_the_calendar_denies_is_a_violation(ring: Conversation) -> None:
    ring.history.event(DESK, "desk.applied", "help/1", {"version": 1})
    ring.clock("started", due_at=rfc3339(START + timedelta(seconds=63)))
    ring.clock("warned", threshold=50)
    assert violations(verdict_on(ring.history, "due", CALENDAR)) == [
        "due_at is 2026-03-02 09:01:03+00:00, computed 2026-03-02 09:01:02+00:00",
        "warned at 2026-03-02 09:00:03+00:00, due at 2026-03-02 09:00:32+00:00",
    ]


def test_without_a_calendar_or_its_version_due_instants_are_not_checked(ring: Conversation) -> None:
    ring.clock("started")
    assert verdict_on(ring.history, "due").why == "no calendar is installed"
    assert verdict_on(ring.history, "due", CALENDAR).why == "1 words that no calendar version in the history dates"
