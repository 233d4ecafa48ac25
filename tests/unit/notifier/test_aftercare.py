"""Do thanks and follow-ups come when the matter is closed, and only if it stays so?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from bellhop_notifier.domain.customers import Profile
from bellhop_notifier.domain.desks import NoticeRule
from bellhop_notifier.domain.inputs import CustomerChanged, Reopened, ThreatReported, Unsubscribed, WorkClosed
from support.notifier_play import (
    ARRIVED,
    CHAT_ROUTE,
    CUSTOMER,
    DESK,
    MARIA,
    PLACE,
    QUEUED,
    RESOLVED,
    Play,
    facts,
    reply_over,
)

MINUTE = timedelta(minutes=1)
REOPENED = Reopened(replace(PLACE, cycle=2))
QUIET = replace(DESK, rules=(NoticeRule("thank-you", delay=MINUTE, window="09:00-13:00"),))


def resolved(play: Play) -> Play:
    play.set_the_scene()
    play.tell(ARRIVED)
    play.tell(QUEUED)
    play.wait(timedelta(seconds=5))
    play.end_call()
    play.tell(RESOLVED)
    return play


def test_both_are_planned_with_the_delays_of_the_desk_file() -> None:
    play = resolved(Play())
    assert facts(play.told)[-2:] == ["thank-you scheduled", "follow-up scheduled"]
    play.wait(MINUTE)
    assert facts(play.end_call()) == ["thank-you sent"]
    play.wait(timedelta(days=3))
    assert facts(play.end_call()) == ["follow-up sent"]


def test_an_unasked_notice_whose_outcome_nobody_knows_is_not_sent_again() -> None:
    play = resolved(Play())
    play.wait(MINUTE)
    assert [call.repeat_in_doubt for call in play.calls] == [False]


def test_a_reopening_cancels_both() -> None:
    play = resolved(Play())
    assert facts(play.tell(REOPENED)) == ["thank-you cancelled reopened", "follow-up cancelled reopened"]
    assert facts(play.wait(timedelta(days=4))) == []


def test_what_went_out_before_the_reopening_stays_sent() -> None:
    play = resolved(Play())
    play.wait(MINUTE)
    play.end_call()
    assert facts(play.tell(REOPENED)) == ["follow-up cancelled reopened"]


def test_an_abandoned_item_is_not_thanked_for() -> None:
    play = Play().set_the_scene()
    play.tell(ARRIVED)
    play.tell(QUEUED)
    assert facts(play.tell(WorkClosed(PLACE, resolved=False))) == []


def test_a_threat_silences_both() -> None:
    play = Play().set_the_scene()
    play.tell(ThreatReported(PLACE))
    play.tell(RESOLVED)
    assert facts(play.wait(MINUTE)) == ["thank-you suppressed threat"]


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (Profile(status="erased"), "erased"),
        (replace(MARIA, deceased=True), "deceased"),
        (replace(MARIA, do_not_contact=True), "do-not-contact"),
        (replace(MARIA, flags=frozenset({"no-relationship"})), "opted-out"),
    ],
)
def test_what_becomes_known_before_it_is_due_counts(profile: Profile, reason: str) -> None:
    play = resolved(Play())
    play.tell(CustomerChanged(CUSTOMER, 2, profile))
    assert facts(play.wait(MINUTE)) == [f"thank-you suppressed {reason}"]


def test_who_unsubscribed_gets_neither() -> None:
    play = resolved(Play())
    play.tell(Unsubscribed(CUSTOMER, "relationship"))
    assert facts(play.wait(MINUTE)) == ["thank-you suppressed opted-out"]


def test_outside_the_window_it_waits_for_the_next_morning() -> None:
    play = Play().set_the_scene(QUIET)
    play.tell(RESOLVED)
    assert facts(play.wait(MINUTE)) == ["thank-you deferred quiet-hours"]
    assert play.calls == []
    play.wait(timedelta(hours=19))
    assert [call.body["kind"] for call in play.calls] == ["thank-you"]
    assert play.now.isoformat() == "2026-03-11T07:01:00+00:00"


def test_a_chat_is_thanked_for_by_mail() -> None:
    play = Play().set_the_scene()
    play.tell(reply_over(CHAT_ROUTE))
    play.tell(RESOLVED)
    play.wait(MINUTE)
    assert play.calls[0].body["channel"] == "email"


def test_a_kind_that_the_desk_file_does_not_mention_is_not_planned() -> None:
    play = Play().set_the_scene(replace(DESK, rules=()))
    assert facts(play.tell(RESOLVED)) == []
