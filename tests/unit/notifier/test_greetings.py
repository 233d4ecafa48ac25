"""Is a birthday greeted on the day, in the customer's own zone, once, and never late?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bellhop_common.decision import CallOutcome
from bellhop_notifier.domain.customers import Occasion, Profile
from bellhop_notifier.domain.desks import NoticeRule
from bellhop_notifier.domain.inputs import CustomerChanged, CustomerGone, DeskChanged, WorkClosed
from support.notifier_play import (
    ARRIVED,
    CUSTOMER,
    DESK,
    NOON,
    PLACE,
    QUEUED,
    RESOLVED,
    Play,
    born_on,
    facts,
)

TOMORROW = born_on(3, 11)
TODAY = born_on(3, 10)
NO_WINDOW = replace(DESK, rules=(NoticeRule("birthday"),))
WAITING = replace(DESK, rules=(NoticeRule("birthday", window="09:00-18:00", open_case="wait"),))
TWIN = UUID("00000000-0000-7000-8000-0000000000a2")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_it_goes_when_the_window_opens_in_the_customers_zone() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.wait_until(at("2026-03-11 06:59:59"))
    assert play.calls == []
    play.wait_until(at("2026-03-11 07:00"))
    assert [(call.body["kind"], call.repeat_in_doubt) for call in play.calls] == [("birthday", False)]
    assert facts(play.end_call()) == ["birthday sent"]


def test_another_zone_has_another_morning() -> None:
    play = Play().set_the_scene(profile=replace(TOMORROW, time_zone="Pacific/Auckland"))
    play.wait_until(at("2026-03-10 20:00"))
    assert len(play.calls) == 1


def test_without_a_zone_the_desks_counts() -> None:
    play = Play().set_the_scene(profile=replace(TOMORROW, time_zone=None))
    play.wait_until(at("2026-03-11 07:00"))
    assert len(play.calls) == 1


def test_a_customer_who_becomes_known_on_the_day_is_greeted_within_the_window() -> None:
    play = Play().set_the_scene(profile=TODAY)
    play.wait(timedelta(0))
    assert len(play.calls) == 1


def test_a_customer_who_becomes_known_after_the_window_is_not() -> None:
    play = Play(now=at("2026-03-10 17:00")).set_the_scene(profile=TODAY)
    assert facts(play.wait(timedelta(0))) == ["birthday scheduled", "birthday expired too-late"]


def test_without_a_window_nine_is_a_good_hour() -> None:
    play = Play().set_the_scene(NO_WINDOW, TOMORROW)
    play.wait_until(at("2026-03-11 06:59"))
    assert play.calls == []
    play.wait_until(at("2026-03-11 07:00"))
    assert len(play.calls) == 1


def test_without_a_window_who_becomes_known_on_the_day_is_greeted_at_once() -> None:
    play = Play(now=at("2026-03-10 01:00")).set_the_scene(NO_WINDOW, TODAY)
    play.wait(timedelta(0))
    assert len(play.calls) == 1


def test_one_that_could_not_go_that_day_expires() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.now = at("2026-03-11 16:00")
    assert facts(play.wait(timedelta(0))) == ["birthday scheduled", "birthday expired too-late"]


def test_one_that_no_provider_took_that_day_expires_too() -> None:
    play = Play().set_the_scene(profile=TODAY)
    play.wait(timedelta(0))
    play.now = at("2026-03-10 16:00")
    assert facts(play.end_call(CallOutcome.FAILED, "provider-unreachable")) == ["birthday expired too-late"]


def test_it_comes_once_a_year_however_often_the_record_changes() -> None:
    play = Play().set_the_scene(profile=TODAY)
    play.wait(timedelta(hours=1))
    play.end_call()
    for version in range(2, 6):
        play.tell(CustomerChanged(CUSTOMER, version, replace(TODAY, name=f"Maria {version}")))
        assert facts(play.wait(timedelta(hours=1))) == []
    assert facts(play.wait_until(at("2027-03-10 07:00"))) == ["birthday scheduled"]


def test_an_older_version_of_the_record_is_not_news() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.tell(CustomerChanged(CUSTOMER, 1, Profile()))
    play.wait_until(at("2026-03-11 07:00"))
    assert len(play.calls) == 1


def test_a_date_that_moved_away_is_not_greeted() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.tell(CustomerChanged(CUSTOMER, 2, born_on(3, 20)))
    play.wait_until(at("2026-03-12 00:00"))
    assert play.calls == []
    play.wait_until(at("2026-03-20 07:00"))
    assert len(play.calls) == 1


def test_a_date_that_was_taken_away_that_morning_is_not_greeted() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.wait_until(at("2026-03-11 05:00"))
    play.tell(CustomerChanged(CUSTOMER, 2, Profile(time_zone="Europe/Sofia")))
    assert facts(play.wait_until(at("2026-03-11 08:00"))) == ["birthday suppressed superseded"]


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (replace(TODAY, deceased=True), "deceased"),
        (replace(TODAY, do_not_contact=True), "do-not-contact"),
        (replace(TODAY, flags=frozenset({"no-relationship"})), "opted-out"),
    ],
)
def test_some_are_never_greeted(profile: Profile, reason: str) -> None:
    play = Play().set_the_scene(profile=profile)
    assert facts(play.wait(timedelta(0))) == ["birthday scheduled", f"birthday suppressed {reason}"]


@pytest.mark.parametrize("occasion", [(1900, 1, 1), (1970, 1, 1), (1899, 12, 30)])
def test_what_systems_write_for_unknown_is_no_birthday(occasion: tuple[int, int, int]) -> None:
    year, month, day = occasion
    play = Play().set_the_scene(profile=born_on(month, day, year))
    assert play.timers == {}


def test_a_customer_who_is_gone_is_not_greeted() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.tell(CustomerGone(CUSTOMER))
    assert play.timers == {}


def test_an_open_conversation_suppresses_it() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.tell(replace(QUEUED, from_contact=False))
    assert facts(play.wait_until(at("2026-03-11 07:00"))) == ["birthday scheduled", "birthday suppressed open-case"]


def test_under_wait_it_goes_a_quarter_of_an_hour_after_the_last_one_closed() -> None:
    play = Play().set_the_scene(WAITING, TOMORROW)
    play.tell(replace(QUEUED, from_contact=False))
    assert facts(play.wait_until(at("2026-03-11 08:00"))) == ["birthday scheduled", "birthday deferred open-case"]
    play.tell(RESOLVED)
    play.wait_until(at("2026-03-11 08:14:59"))
    assert play.calls == []
    play.wait_until(at("2026-03-11 08:15"))
    assert len(play.calls) == 1


def test_under_wait_it_expires_with_the_window() -> None:
    play = Play().set_the_scene(WAITING, TOMORROW)
    play.tell(replace(QUEUED, from_contact=False))
    assert facts(play.wait_until(at("2026-03-12 00:00"))) == [
        "birthday scheduled",
        "birthday deferred open-case",
        "birthday expired too-late",
    ]


def test_under_wait_a_conversation_that_opens_again_holds_it_up_again() -> None:
    play = Play().set_the_scene(WAITING, TOMORROW)
    play.tell(replace(QUEUED, from_contact=False))
    play.wait_until(at("2026-03-11 08:00"))
    play.tell(RESOLVED)
    play.wait(timedelta(minutes=10))
    play.tell(replace(QUEUED, place=replace(PLACE, cycle=2), from_contact=False))
    assert facts(play.wait(timedelta(hours=1))) == []
    play.tell(WorkClosed(replace(PLACE, cycle=2), resolved=True))
    play.wait(timedelta(minutes=15))
    assert len(play.calls) == 1


def test_two_records_of_one_person_are_greeted_once() -> None:
    play = Play().set_the_scene(profile=TODAY)
    play.wait(timedelta(0))
    play.end_call()
    play.tell(CustomerChanged(CUSTOMER, 2, replace(TODAY, status="merged", merged_into=TWIN)))
    play.tell(CustomerChanged(TWIN, 1, TODAY))
    assert facts(play.wait(timedelta(hours=3))) == []


def test_a_desk_that_is_applied_later_that_day_still_greets() -> None:
    play = Play()
    play.tell(CustomerChanged(CUSTOMER, 1, TODAY))
    play.wait(timedelta(minutes=1))
    play.tell(DeskChanged(DESK))
    play.wait(timedelta(minutes=1))
    assert len(play.calls) == 1


def test_a_desk_that_greets_nobody_greets_nobody() -> None:
    play = Play().set_the_scene(replace(DESK, rules=()), TODAY)
    assert facts(play.wait(timedelta(days=2))) == []
    assert [kind for kind, _ in play.timers] == ["greet"]
    assert min(play.timers.values()) == at("2027-03-09 22:00")


def test_born_on_29_february_is_greeted_on_the_28th() -> None:
    play = Play(now=at("2027-02-27 12:00")).set_the_scene(profile=born_on(2, 29))
    play.wait_until(at("2027-02-28 07:00"))
    assert len(play.calls) == 1


def test_the_greeting_is_of_the_desk_the_customer_knows() -> None:
    play = Play().set_the_scene(profile=TOMORROW)
    play.tell(DeskChanged(replace(DESK, slug="aaa", name="Another")))
    play.tell(ARRIVED)
    play.wait_until(at("2026-03-11 07:00"))
    assert [call.body["desk"] for call in play.calls] == ["shop"]
    assert play.now > NOON
    assert Occasion("birthday", 3, 11) in TOMORROW.occasions
