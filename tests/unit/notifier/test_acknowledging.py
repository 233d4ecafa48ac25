"""Is a customer told once, soon, and with the promised time where there is one?"""

from dataclasses import replace
from datetime import timedelta

from bellhop_notifier.domain.desks import NoticeRule
from bellhop_notifier.domain.inputs import ResponseDue
from support.notifier_play import (
    ARRIVED,
    CHAT_ROUTE,
    CONVERSATION,
    DESK,
    FORM_ROUTE,
    NOON,
    PLACE,
    QUEUED,
    Play,
    facts,
    reply_over,
)

DUE = ResponseDue("shop", CONVERSATION, 1, NOON + timedelta(hours=2))


def test_it_waits_five_seconds_for_the_promised_time_and_then_goes_without() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    assert facts(play.tell(QUEUED)) == ["acknowledgement scheduled"]
    play.wait(timedelta(seconds=4))
    assert play.calls == []
    play.wait(timedelta(seconds=1))
    assert [call.body["variables"] for call in play.calls] == [
        {"customer_name": "Maria Petrova", "desk_name": "The Shop", "reference": "BH-1001", "expected_at": ""}
    ]


def test_it_goes_at_once_when_the_clock_starts() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(QUEUED)
    play.tell(DUE)
    play.wait(timedelta(0))
    variables = play.calls[0].body["variables"]
    assert isinstance(variables, dict)
    assert variables["expected_at"] == "2026-03-10T14:00:00+00:00"


def test_a_clock_that_started_before_the_work_was_queued_counts_too() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(DUE)
    assert facts(play.tell(QUEUED)) == ["acknowledgement scheduled"]
    assert len(play.calls) == 1


def test_the_outcome_of_the_call_ends_it() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(DUE)
    play.tell(QUEUED)
    assert facts(play.end_call()) == ["acknowledgement sent"]


def test_queued_twice_in_a_cycle_is_acknowledged_once() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(QUEUED)
    assert facts(play.tell(QUEUED)) == []


def test_the_next_cycle_is_acknowledged_again() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(QUEUED)
    again = replace(QUEUED, place=replace(PLACE, cycle=2))
    assert facts(play.tell(again)) == ["acknowledgement scheduled"]


def test_a_live_chat_is_not_acknowledged() -> None:
    play = Play().set_the_scene()
    play.tell(reply_over(CHAT_ROUTE))
    assert facts(play.tell(replace(QUEUED, channel="chat"))) == []


def test_work_that_we_opened_ourselves_is_not_acknowledged() -> None:
    play = Play().set_the_scene()
    assert facts(play.tell(replace(QUEUED, from_contact=False))) == []


def test_a_form_is_acknowledged_by_mail() -> None:
    play = Play().set_the_scene()
    play.tell(reply_over(FORM_ROUTE))
    play.tell(replace(QUEUED, channel="form"))
    play.wait(timedelta(seconds=5))
    assert (play.calls[0].body["channel"], play.calls[0].body["address"]) == ("email", "maria@example.org")


def test_a_desk_that_switched_them_off_sends_none() -> None:
    play = Play().set_the_scene(replace(DESK, rules=(NoticeRule("acknowledgement", enabled=False),)))
    play.tell(ARRIVED)
    assert facts(play.tell(QUEUED)) == []


def test_one_that_is_switched_off_while_it_waits_is_suppressed() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(QUEUED)
    play.set_the_scene(replace(DESK, version=4, rules=(NoticeRule("acknowledgement", enabled=False),)))
    assert facts(play.wait(timedelta(seconds=5))) == ["acknowledgement suppressed disabled"]


def test_work_of_a_desk_that_was_never_applied_waits_for_it() -> None:
    play = Play()
    play.tell(QUEUED)
    assert [(one.kind, one.id) for one in play.missing] == [("desk", "shop")]
