"""Is each thing about a clock said once, in order, on its instant, and taken back by name when it was wrong?"""

from dataclasses import replace
from datetime import timedelta

from bellhop_common.decision import MissingReference
from bellhop_sla.domain.decide import decide
from bellhop_sla.domain.desk_file import DeskVersion, EscalationRow
from bellhop_sla.domain.events import Action, Do
from bellhop_sla.domain.facts import Fact, FactKind
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.inputs import DeskFileWithdrawn, Happened, conversation_subject
from bellhop_sla.domain.policy import Metric, Policy, Queue, Target
from support.sla_story import CONVERSATION, SECOND_ITEM, STANDARD, Story, at, desk_version, minutes

FIRST = Metric.FIRST_RESPONSE
ONLY_FIRST = Policy("first", targets=(Target(FIRST, minutes(60), pause_on=("customer",)),))


def story(version: DeskVersion | None = None) -> Story:
    return Story().desk(version or desk_version(ONLY_FIRST))


def test_warnings_rise_then_one_breach_then_met_with_its_overrun() -> None:
    told = story().queued(at("10:00")).run_until(at("11:30")).replied(at("11:30"))
    assert told.said(FIRST) == ["started", "warned 50", "warned 80", "warned 95", "breached", "met"]
    assert told.last(FIRST).overrun == minutes(30)


def test_the_timer_is_set_to_the_earliest_threshold_of_all_clocks() -> None:
    told = story(desk_version(STANDARD)).queued(at("10:00"))
    assert told.timer_at == at("10:05")
    assert told.assigned(at("10:01")).timer_at == at("10:30")


def test_nothing_is_left_to_wake_for_when_all_is_over() -> None:
    assert story().queued(at("10:00")).replied(at("10:10")).timer_at is None


def test_a_conversation_that_is_over_is_forgotten_after_a_month() -> None:
    told = story().queued(at("10:00")).replied(at("10:10")).fact(FactKind.RESOLVED, at("10:20"))
    assert told.timer_at == at("10:20") + timedelta(days=31)
    told.fire(at("10:20") + timedelta(days=31))
    assert conversation_subject(CONVERSATION) not in told.state
    assert told.timer_at is None


def test_after_an_outage_every_overdue_threshold_is_said_at_once_in_order_and_marked_late() -> None:
    told = story().queued(at("10:00")).fire(at("12:00:01"), ready_at=at("12:00"))
    assert told.said(FIRST) == ["started", "warned 50", "warned 80", "warned 95", "breached"]
    assert told.last(FIRST).late == timedelta(seconds=1)
    assert told.last(FIRST).ready_at == at("12:00")


def test_a_timer_says_nothing_that_its_inputs_were_not_read_for() -> None:
    told = story().queued(at("10:00")).fire(at("11:30"), ready_at=at("10:50"))
    assert told.said(FIRST) == ["started", "warned 50", "warned 80"]
    assert told.timer_at == at("10:57")


def test_what_is_found_late_to_be_known_up_to_an_instant_is_said_up_to_that_instant() -> None:
    told = story().queued(at("10:00")).fire(at("11:30"), ready_at=at("11:30"), known_until=at("10:31"))
    assert told.said(FIRST) == ["started", "warned 50"]
    assert told.timer_at == at("10:48")


def test_lateness_counts_from_the_instant_of_the_threshold() -> None:
    told = story().queued(at("10:00")).fire(at("10:30:00.04"), ready_at=at("10:29:59"))
    assert told.last(FIRST).late == timedelta(milliseconds=40)


def test_a_timer_that_fires_for_nothing_says_nothing_and_is_set_again() -> None:
    told = story().queued(at("10:00"))
    told.timer_at = at("10:10")
    told.fire(at("10:10"))
    assert told.said(FIRST) == ["started"]
    assert told.timer_at == at("10:30")


def test_a_reply_after_the_deadline_says_the_breach_before_the_end_even_if_no_timer_fired() -> None:
    told = story().queued(at("10:00")).replied(at("11:05"))
    assert told.said(FIRST) == ["started", "warned 50", "warned 80", "warned 95", "breached", "met"]


def test_the_same_fact_again_says_nothing() -> None:
    told = story().queued(at("10:00")).replied(at("10:10"))
    before = len(told.events)
    told.tell(told.told[-1], at("10:20"))
    assert len(told.events) == before


def test_pause_and_resume_are_said_with_their_instants() -> None:
    told = story().queued(at("10:00")).pended(at("10:20")).fact(FactKind.RESUMED, at("10:50"))
    assert told.said(FIRST) == ["started", "paused", "resumed"]
    assert told.last(FIRST).view.due_at == at("11:30")
    assert told.last(FIRST).view.paused == minutes(30)


def test_a_paused_clock_wakes_nobody() -> None:
    assert story().queued(at("10:00")).pended(at("10:20")).timer_at is None


def test_paused_then_resolved_says_resumed_before_the_end() -> None:
    wait = Policy("wait", targets=(Target(Metric.REQUESTER_WAIT, minutes(60)),))
    told = story(desk_version(wait)).queued(at("10:00")).pended(at("10:20")).fact(FactKind.RESOLVED, at("15:00"))
    assert told.said(Metric.REQUESTER_WAIT) == ["started", "paused", "resumed", "met"]


def test_after_the_breach_pauses_are_not_said() -> None:
    told = story().queued(at("10:00")).run_until(at("11:00")).pended(at("11:10")).replied(at("11:20"))
    assert told.said(FIRST)[-2:] == ["breached", "met"]


def test_late_evidence_takes_the_breach_back_by_name() -> None:
    told = story().queued(at("10:00")).run_until(at("11:00"))
    breach = len(told.events)
    told.replied(at("10:59"), now=at("11:00:10"))
    corrected, met = told.events[-2], told.events[-1]
    assert (corrected.what, met.what) == ("corrected", "met")
    assert breach + 1 - (corrected.corrects_back or 0) == breach
    assert met.overrun is None


def test_late_evidence_takes_a_warning_back_that_came_after_it() -> None:
    told = story().queued(at("10:00")).run_until(at("11:00")).replied(at("10:40"), now=at("11:00:10"))
    assert told.said(FIRST)[-4:] == ["corrected", "corrected", "corrected", "met"]


def test_a_reply_that_failed_did_not_happen_and_its_clock_runs_on_from_its_old_start() -> None:
    told = story().queued(at("10:00")).replied(at("10:20")).fact(FactKind.REPLY_FAILED, at("10:40"), ref="r1")
    assert told.said(FIRST) == ["started", "met", "corrected", "warned 50"]
    assert told.clock(FIRST).due_at == at("11:00")
    assert told.timer_at == at("10:48")
    told.replied(at("10:45"), "r2")
    assert told.said(FIRST) == ["started", "met", "corrected", "warned 50", "met"]


def test_a_clock_that_a_failed_reply_had_started_is_cancelled_and_its_run_is_not_used_again() -> None:
    told = story(desk_version(STANDARD)).queued(at("10:00")).replied(at("10:05"))
    told.fact(FactKind.CUSTOMER_WROTE, at("10:10")).fact(FactKind.REPLY_FAILED, at("10:15"), ref="r1")
    assert told.said(Metric.NEXT_RESPONSE, run=1) == ["started", "cancelled"]
    told.replied(at("10:20"), "r2").fact(FactKind.CUSTOMER_WROTE, at("10:30"))
    assert told.said(Metric.NEXT_RESPONSE, run=1) == ["started", "cancelled"]
    assert told.said(Metric.NEXT_RESPONSE, run=2) == ["started"]


def test_escalation_says_cancelled_for_the_old_tier_and_started_for_the_new() -> None:
    told = story(desk_version(STANDARD)).queued(at("10:00"))
    told.fact(FactKind.ESCALATED, at("10:02"), context=replace(told.context, tier=2))
    assert told.said(Metric.TIME_TO_ACCEPT, tier=1) == ["started", "cancelled"]
    assert told.said(Metric.TIME_TO_ACCEPT, tier=2) == ["started"]
    assert told.said(Metric.RESOLUTION, tier=1) == ["started"]


def test_a_reopened_item_has_clocks_of_its_own() -> None:
    told = story().queued(at("10:00")).replied(at("10:10")).fact(FactKind.RESOLVED, at("10:20"))
    told.item, told.cycle = SECOND_ITEM, 2
    told.queued(at("12:00"))
    assert {event.clock_id for event in told.events if event.cycle == 1} & {told.last(FIRST).clock_id} == set()
    assert told.clock(FIRST).due_at == at("13:00")
    assert told.timer_at == at("12:30")


def test_a_reply_that_failed_after_the_end_of_its_item_turns_met_into_cancelled() -> None:
    told = story().queued(at("10:00")).replied(at("10:10")).fact(FactKind.RESOLVED, at("10:20"))
    told.fact(FactKind.REPLY_FAILED, at("10:50"), ref="r1")
    assert told.said(FIRST) == ["started", "met", "corrected", "cancelled"]


def test_a_change_of_priority_says_why_the_deadline_moved() -> None:
    urgent = Policy("urgent", "priority > 80", targets=(Target(FIRST, minutes(40)),))
    told = story(desk_version(urgent, ONLY_FIRST)).queued(at("10:00"))
    told.fact(FactKind.RETARGETED, at("10:10"), context=replace(told.context, priority=90))
    assert told.said(FIRST) == ["started", "moved"]
    assert (told.last(FIRST).moved_because, told.last(FIRST).view.due_at) == ("priority", at("10:40"))
    assert told.timer_at == at("10:20")


def test_a_holiday_added_in_mid_flight_is_said_when_the_clock_next_wakes_and_nothing_fires_early() -> None:
    office = Calendar("office", "UTC", "Mo-Fr 09:00-17:00")
    queues = (Queue("general", "office"),)
    told = Story().desk(desk_version(ONLY_FIRST, queues=queues), office).queued(at("16:45"))
    closed = replace(office, closed=("2026-03-05",))
    told.desk(DeskVersion(2, at("18:00"), (ONLY_FIRST,), queues), closed)
    first_wake = at("09:15") + timedelta(days=1)
    assert told.timer_at == first_wake
    told.fire(first_wake)
    assert told.said(FIRST) == ["started", "moved"]
    assert (told.last(FIRST).moved_because, told.last(FIRST).view.due_at) == (
        "calendar",
        at("09:45") + timedelta(days=2),
    )
    assert told.timer_at == first_wake + timedelta(days=1)


def test_a_call_that_connects_before_its_item_is_known_still_counts() -> None:
    told = story().call("c1", at("10:00:03"))
    told.queued(at("10:00:04"), since=at("10:00"), contact="c1")
    assert told.said(FIRST) == ["started", "met"]


def test_the_next_call_says_nothing_of_an_item_whose_end_was_not_read_yet() -> None:
    told = story().queued(at("10:00"), contact="c1").call("c2", at("10:30"))
    told.fact(FactKind.RESOLVED, at("10:10"), at("10:31"))
    assert told.said(FIRST) == ["started", "cancelled"]


def test_a_call_in_an_item_that_began_otherwise_answers_it() -> None:
    told = story().queued(at("10:00"), contact="m1").call("c1", at("10:05"))
    assert told.said(FIRST) == ["started"]
    told.fact(FactKind.CUSTOMER_WROTE, at("10:04"), at("10:06"), ref="c1")
    assert told.said(FIRST) == ["started", "met"]


def test_actions_are_the_matching_rows_of_the_desks_escalation_list() -> None:
    rows = (
        EscalationRow("sla.first_response_time.breached", "move-up", to_tier=2),
        EscalationRow("sla.first_response_time.warned", "alert", threshold=80, recipients=("leads",)),
        EscalationRow("sla.breached", "raise-priority", by=20),
        EscalationRow("sla.first_response_time.breached", "move-up", tier=3, to_tier=4),
        EscalationRow("misses", "move-up"),
    )
    told = story(desk_version(ONLY_FIRST, escalation=rows)).queued(at("10:00")).run_until(at("11:00"))
    acts = {event.threshold: event.actions for event in told.events if event.threshold}
    assert acts == {
        50: (),
        80: (Action(Do.ALERT, recipients=("leads",)),),
        95: (),
        100: (Action(Do.MOVE_UP, tier=2), Action(Do.RAISE_PRIORITY, by=20)),
    }


def test_without_a_desk_file_the_event_waits() -> None:
    given = Happened(CONVERSATION, "acme", Fact(FactKind.CONNECTED, at("10:00")))
    assert decide(Story().state, given, at("10:00")) == MissingReference("desk", "acme")


def test_an_event_under_a_desk_file_that_has_not_arrived_waits_for_it() -> None:
    told = story()
    fact = Fact(FactKind.QUEUED, at("10:00"), context=replace(told.context, desk_version=2), since_at=at("10:00"))
    assert decide(told.state, Happened(CONVERSATION, "acme", fact), at("10:00")) == MissingReference("desk", "acme")


def test_a_desk_file_that_comes_again_changes_nothing() -> None:
    told = story()
    state = told.state
    assert told.desk(desk_version(version=1)).state is state


def test_under_a_desk_file_that_cannot_be_read_what_held_before_goes_on_to_hold() -> None:
    broken = replace(desk_version(Policy("p", "customr.vip")), version=2)
    told = story().desk(broken, Calendar("office", "Mars/Olympus"))
    assert (told.file.newest, told.file.versions[-1].policies, told.file.calendars) == (2, (ONLY_FIRST,), ())


def test_a_withdrawn_version_goes_and_the_newest_stays() -> None:
    told = story().desk(desk_version(version=2))
    for version in (1, 2):
        told._take(decide(told.state, DeskFileWithdrawn("acme", version), at("10:00")))  # noqa: SLF001
    assert [one.version for one in told.file.versions] == [2]
