"""Do the clocks of a work item follow from its history alone?"""

from dataclasses import replace
from datetime import timedelta

from bellhop_sla.domain.desk_file import DeskVersion
from bellhop_sla.domain.facts import Context, Customer, FactKind
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.policy import Metric, Policy, Queue, Target
from bellhop_sla.domain.runs import Outcome
from support.sla_story import DAY, STANDARD, Story, at, desk_version, minutes

URGENT = Policy("urgent", "priority > 80", targets=(Target(Metric.RESOLUTION, minutes(60)),))
BERLIN = Calendar("berlin", "Europe/Berlin", "Mo-Fr 09:00-17:00")


def story(version: DeskVersion | None = None, *calendars: Calendar) -> Story:
    return Story().desk(version, *calendars)


def in_berlin(*policies: Policy) -> DeskVersion:
    return desk_version(*policies, queues=(Queue("general", "berlin"),))


def test_response_clocks_start_when_the_contact_was_received_and_accept_when_it_was_queued() -> None:
    told = story().queued(at("10:00:05"), since=at("10:00:00"))
    assert told.clock(Metric.FIRST_RESPONSE).due_at == at("11:00:00")
    assert told.clock(Metric.TIME_TO_ACCEPT).due_at == at("10:10:05")


def test_accept_is_met_by_the_assignment() -> None:
    run = story().queued(at("10:00")).assigned(at("10:04")).clock(Metric.TIME_TO_ACCEPT).run
    assert (run.outcome, run.ended_at) == (Outcome.MET, at("10:04"))


def test_the_first_reply_meets_the_first_response() -> None:
    clock = story().queued(at("10:00")).replied(at("10:20")).clock(Metric.FIRST_RESPONSE)
    assert (clock.run.outcome, clock.elapsed(at("12:00")), clock.breach) == (Outcome.MET, minutes(20), None)


def test_a_reply_exactly_at_the_deadline_is_in_time() -> None:
    assert story().queued(at("10:00")).replied(at("11:00")).clock(Metric.FIRST_RESPONSE).breach is None


def test_a_call_is_answered_when_it_is_connected() -> None:
    told = story().queued(at("10:00")).fact(FactKind.CONNECTED, at("10:00:30"))
    assert told.clock(Metric.FIRST_RESPONSE).run.ended_at == at("10:00:30")


def test_a_walk_in_is_answered_when_it_is_assigned() -> None:
    told = story()
    told.context = replace(told.context, channel="walk_in")
    assert told.queued(at("10:00")).assigned(at("10:03")).clock(Metric.FIRST_RESPONSE).run.ended_at == at("10:03")


def test_waiting_for_the_customer_pauses_what_the_policy_says_and_never_the_resolution() -> None:
    told = story().queued(at("10:00")).pended(at("10:20")).fact(FactKind.RESUMED, at("11:20"))
    assert told.clock(Metric.FIRST_RESPONSE).due_at == at("12:00")
    assert told.clock(Metric.FIRST_RESPONSE).paused(at("13:00")) == minutes(60)
    assert told.clock(Metric.REQUESTER_WAIT).due_at == at("19:00")
    assert told.clock(Metric.RESOLUTION).due_at == at("18:00")


def test_waiting_for_a_third_party_pauses_nothing_unless_the_policy_says_so() -> None:
    told = story().queued(at("10:00")).pended(at("10:20"), "third_party")
    assert told.clock(Metric.FIRST_RESPONSE).due_at == at("11:00")
    assert told.clock(Metric.FIRST_RESPONSE).paused_for == ""


def test_paused_and_resolved_in_one_step_counts_nothing_after_the_pause() -> None:
    told = story().queued(at("10:00")).pended(at("10:20")).fact(FactKind.RESOLVED, at("10:20"))
    wait = told.clock(Metric.REQUESTER_WAIT)
    assert (wait.run.outcome, wait.elapsed(at("12:00")), wait.paused(at("12:00"))) == (
        Outcome.MET,
        minutes(20),
        timedelta(),
    )


def test_paused_then_resolved_much_later_has_run_only_until_the_pause() -> None:
    told = story().queued(at("10:00")).pended(at("10:20")).fact(FactKind.RESOLVED, at("15:00"))
    wait = told.clock(Metric.REQUESTER_WAIT)
    assert (wait.elapsed(at("16:00")), wait.paused(at("16:00"))) == (minutes(20), minutes(280))


def test_a_change_of_priority_keeps_what_has_elapsed_and_moves_the_deadline() -> None:
    told = story(desk_version(URGENT, STANDARD)).queued(at("10:00"))
    told.context = replace(told.context, priority=90)
    told.fact(FactKind.RETARGETED, at("10:40"), context=told.context)
    clock = told.clock(Metric.RESOLUTION)
    assert (clock.due_at, clock.elapsed(at("10:50")), clock.terms.because) == (at("11:00"), minutes(50), "priority")


def test_a_shorter_target_that_has_long_passed_is_due_when_it_comes_into_force() -> None:
    told = story(desk_version(URGENT, STANDARD)).queued(at("10:00"))
    told.context = replace(told.context, priority=90)
    told.fact(FactKind.RETARGETED, at("12:00"), context=told.context)
    assert told.clock(Metric.RESOLUTION).due_at == at("12:00")


def test_a_longer_target_does_not_undo_a_breach() -> None:
    told = story(desk_version(URGENT, STANDARD))
    urgent, calm = replace(told.context, priority=90), told.context
    told.context = urgent
    told.queued(at("10:00")).fact(FactKind.RETARGETED, at("12:00"), context=calm)
    assert told.clock(Metric.RESOLUTION).due_at == at("11:00")


def test_policy_changed_while_paused_takes_effect_on_what_remains() -> None:
    gold = Policy(
        "gold", "priority > 80", targets=(Target(Metric.FIRST_RESPONSE, minutes(30), pause_on=("customer",)),)
    )
    told = story(desk_version(gold, STANDARD)).queued(at("10:00")).pended(at("10:20"))
    told.context = replace(told.context, priority=90)
    told.fact(FactKind.RETARGETED, at("11:00"), context=told.context).fact(FactKind.RESUMED, at("12:00"))
    assert told.clock(Metric.FIRST_RESPONSE).due_at == at("12:10")


def test_policy_changed_while_paused_to_one_that_does_not_pause_runs_on_at_once() -> None:
    strict = Policy("strict", "priority > 80", targets=(Target(Metric.FIRST_RESPONSE, minutes(60)),))
    told = story(desk_version(strict, STANDARD)).queued(at("10:00")).pended(at("10:20"))
    told.context = replace(told.context, priority=90)
    told.fact(FactKind.RETARGETED, at("11:00"), context=told.context)
    clock = told.clock(Metric.FIRST_RESPONSE)
    assert (clock.paused_for, clock.due_at, clock.paused(at("13:00"))) == ("", at("11:40"), minutes(40))


def test_a_new_desk_file_leaves_running_clocks_under_their_policy() -> None:
    told = story().queued(at("10:00"))
    shorter = Policy("standard", targets=(Target(Metric.FIRST_RESPONSE, minutes(5)),))
    told.desk(desk_version(shorter, version=2, applied_at=at("10:10")))
    clock = told.clock(Metric.FIRST_RESPONSE)
    assert (clock.due_at, clock.terms.policy_version) == (at("11:00"), 1)


def test_a_holiday_added_in_mid_flight_moves_the_deadline_past_it() -> None:
    target = Policy("p", targets=(Target(Metric.RESOLUTION, minutes(480)),))
    told = story(in_berlin(target), BERLIN).queued(at("13:00"))
    assert told.clock(Metric.RESOLUTION).due_at == at("13:00") + timedelta(days=1)
    closed = replace(BERLIN, closed=("2026-03-05",))
    second = DeskVersion(2, at("15:00"), (target,), (Queue("general", "berlin"),))
    clock = told.desk(second, closed).clock(Metric.RESOLUTION)
    assert clock.due_at == at("13:00") + timedelta(days=2)
    assert (clock.terms.because, clock.terms.calendar_version, clock.terms.policy_version) == ("calendar", 2, 1)


def test_closing_time_is_no_pause() -> None:
    told = story(in_berlin(), BERLIN).queued(at("15:30"))
    clock = told.clock(Metric.FIRST_RESPONSE)
    # Half an hour until 17:00 in Berlin, the rest from 09:00 on.
    assert clock.due_at == at("08:30") + timedelta(days=1)
    assert (clock.elapsed(at("23:00")), clock.paused(at("23:00"))) == (minutes(30), timedelta())


def test_escalation_cancels_accept_and_response_and_starts_the_new_tiers_own() -> None:
    told = story().queued(at("10:00")).assigned(at("10:05"))
    told.context = replace(told.context, tier=2)
    told.fact(FactKind.ESCALATED, at("10:30"), context=told.context)
    assert told.clock(Metric.FIRST_RESPONSE).run.outcome is Outcome.CANCELLED
    assert told.clock(Metric.FIRST_RESPONSE, tier=2).due_at == at("11:30")
    assert told.clock(Metric.TIME_TO_ACCEPT, tier=1).run.outcome is Outcome.MET
    assert told.clock(Metric.TIME_TO_ACCEPT, tier=2).due_at == at("10:40")


def test_escalation_keeps_the_resolution_clock_of_the_tier_it_began_in() -> None:
    told = story().queued(at("10:00"))
    told.context = replace(told.context, tier=2)
    told.fact(FactKind.ESCALATED, at("10:30"), context=told.context)
    assert [c.run.tier for c in told.clocks() if c.run.metric is Metric.RESOLUTION] == [1]
    assert told.clock(Metric.RESOLUTION).due_at == at("18:00")


def test_escalation_after_the_first_answer_starts_no_first_response() -> None:
    told = story().queued(at("10:00")).replied(at("10:05"))
    told.context = replace(told.context, tier=2)
    told.fact(FactKind.ESCALATED, at("10:30"), context=told.context)
    assert [c.run.tier for c in told.clocks() if c.run.metric is Metric.FIRST_RESPONSE] == [1]


def test_the_oldest_unanswered_message_starts_the_next_response() -> None:
    told = story().queued(at("10:00")).replied(at("10:05"))
    told.fact(FactKind.CUSTOMER_WROTE, at("10:10")).fact(FactKind.CUSTOMER_WROTE, at("10:20"))
    assert told.clock(Metric.NEXT_RESPONSE, run=1).due_at == at("10:40")
    told.replied(at("10:30"), "r2").fact(FactKind.CUSTOMER_WROTE, at("11:00"))
    assert told.clock(Metric.NEXT_RESPONSE, run=1).run.outcome is Outcome.MET
    assert told.clock(Metric.NEXT_RESPONSE, run=2).due_at == at("11:30")


def test_messages_before_the_first_answer_start_no_next_response() -> None:
    told = story().queued(at("10:00")).fact(FactKind.CUSTOMER_WROTE, at("10:10"))
    assert Metric.NEXT_RESPONSE not in {clock.run.metric for clock in told.clocks()}


def test_periodic_updates_run_from_the_assignment_and_anew_from_each_reply() -> None:
    policy = Policy("p", targets=(Target(Metric.PERIODIC_UPDATE, minutes(120)),))
    told = story(desk_version(policy)).queued(at("10:00")).assigned(at("10:05"))
    assert told.clock(Metric.PERIODIC_UPDATE, run=1).due_at == at("12:05")
    told.replied(at("11:00"))
    assert told.clock(Metric.PERIODIC_UPDATE, run=1).run.outcome is Outcome.MET
    assert told.clock(Metric.PERIODIC_UPDATE, run=2).due_at == at("13:00")


def test_a_promise_is_due_when_it_was_promised_whatever_the_calendar() -> None:
    told = story(in_berlin(), BERLIN).queued(at("15:00")).assigned(at("15:01"))
    told.fact(FactKind.PROMISED, at("15:10"), ref="p1", by_at=at("19:00"))
    assert told.clock(Metric.PROMISED).due_at == at("19:00")
    told.fact(FactKind.PROMISE_KEPT, at("18:00"), ref="p1")
    assert told.clock(Metric.PROMISED).run.outcome is Outcome.MET


def test_a_reply_keeps_the_promises_made_before_it() -> None:
    told = story().queued(at("10:00")).fact(FactKind.PROMISED, at("10:10"), ref="p1", by_at=at("11:00"))
    told.replied(at("10:30")).fact(FactKind.PROMISED, at("10:40"), ref="p2", by_at=at("12:00"))
    assert told.clock(Metric.PROMISED, run=1).run.ended_at == at("10:30")
    assert told.clock(Metric.PROMISED, run=2).run.ended_at is None


def test_resolving_without_an_answer_cancels_the_response_and_meets_the_resolution() -> None:
    told = story().queued(at("10:00")).fact(FactKind.RESOLVED, at("10:30"))
    outcomes = {clock.run.metric: clock.run.outcome for clock in told.clocks()}
    assert outcomes == {
        Metric.TIME_TO_ACCEPT: Outcome.CANCELLED,
        Metric.FIRST_RESPONSE: Outcome.CANCELLED,
        Metric.RESOLUTION: Outcome.MET,
        Metric.REQUESTER_WAIT: Outcome.MET,
    }


def test_abandonment_cancels_everything() -> None:
    told = story().queued(at("10:00")).fact(FactKind.ABANDONED, at("10:30"))
    assert {clock.run.outcome for clock in told.clocks()} == {Outcome.CANCELLED}


def test_a_queue_without_policy_has_no_clocks_but_promises_may_be_made() -> None:
    told = story(desk_version(Policy("billing", queues=("billing",)))).queued(at("10:00"))
    told.fact(FactKind.PROMISED, at("10:10"), ref="p1", by_at=at("11:00"))
    assert [(clock.run.metric, clock.terms.policy) for clock in told.clocks()] == [(Metric.PROMISED, "none")]


def test_an_item_that_comes_into_a_policy_later_has_its_clock_from_the_old_start() -> None:
    policy = Policy("billing", queues=("billing",), targets=(Target(Metric.RESOLUTION, minutes(120)),))
    told = story(desk_version(policy)).queued(at("10:00"))
    told.fact(FactKind.REQUEUED, at("11:00"), context=replace(told.context, queue="billing"))
    clock = told.clock(Metric.RESOLUTION)
    assert (clock.run.started_at, clock.due_at) == (at("10:00"), at("12:00"))


def test_the_customer_of_the_first_event_counts_for_all() -> None:
    vip = Policy("vip", "customer.vip", targets=(Target(Metric.RESOLUTION, minutes(60)),))
    told = story(desk_version(vip, STANDARD))
    told.context = replace(told.context, customer=Customer(vip=True))
    told.queued(at("10:00")).fact(FactKind.RETARGETED, at("10:10"), context=Context("general", 1, 60, "email", 1))
    assert told.clock(Metric.RESOLUTION).terms.policy == "vip"


def test_overrun_is_the_running_time_beyond_the_target() -> None:
    told = story(in_berlin(), BERLIN).queued(at("15:30"))
    next_day = DAY + timedelta(days=1)
    told.replied(at("08:45", next_day))
    assert told.clock(Metric.FIRST_RESPONSE).overrun() == minutes(15)
