"""Which day is a birthday, and which instants does it span where clocks change?"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bellhop_notifier.domain.customers import Occasion
from bellhop_notifier.domain.occasions import Custom, LeapDay, celebrated_on, is_believable, next_greeting, span
from bellhop_notifier.domain.windows import Window, instant_at, next_opening, read_window

LEAPLING = Occasion("birthday", 2, 29)
SOFIA = ZoneInfo("Europe/Sofia")
NEW_YORK = ZoneInfo("America/New_York")
HAVANA = ZoneInfo("America/Havana")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("policy", "day"),
    [(LeapDay.FEB_28, date(2027, 2, 28)), (LeapDay.MAR_1, date(2027, 3, 1)), (LeapDay.LEAP_YEARS_ONLY, None)],
)
def test_29_february_in_a_common_year(policy: LeapDay, day: date | None) -> None:
    assert celebrated_on(LEAPLING, 2027, policy) == day


@pytest.mark.parametrize("policy", list(LeapDay))
def test_29_february_in_a_leap_year(policy: LeapDay) -> None:
    assert celebrated_on(LEAPLING, 2028, policy) == date(2028, 2, 29)


def test_only_in_leap_years_means_the_next_one() -> None:
    found = next_greeting(LEAPLING, Custom(SOFIA, LeapDay.LEAP_YEARS_ONLY), (), utc("2026-03-01 00:00"))
    assert found is not None
    assert (found.year, found.starts_at) == (2028, utc("2028-02-28 22:00"))


def test_over_a_century_without_a_leap_year_too() -> None:
    found = next_greeting(LEAPLING, Custom(SOFIA, LeapDay.LEAP_YEARS_ONLY), (), utc("2096-03-01 00:00"))
    assert found is not None
    assert found.year == 2104


@pytest.mark.parametrize(
    "occasion",
    [
        Occasion("birthday", 1, 1, 1900),
        Occasion("birthday", 1, 1, 1970),
        Occasion("birthday", 1, 1, 0),
        Occasion("birthday", 2, 30),
        Occasion("birthday", 4, 31, 1990),
        Occasion("birthday", 13, 1),
        Occasion("birthday", 0, 0),
    ],
)
def test_unknown_and_impossible_dates_are_refused(occasion: Occasion) -> None:
    assert not is_believable(occasion)
    assert next_greeting(occasion, Custom(SOFIA), (), utc("2026-03-01 00:00")) is None


def test_new_year_without_a_year_is_believed() -> None:
    assert is_believable(Occasion("birthday", 1, 1))


def test_a_day_in_the_window() -> None:
    found = span(date(2026, 3, 11), SOFIA, Window(540, 1080))
    assert (found.starts_at, found.due_at, found.expires_at) == (
        utc("2026-03-10 22:00"),
        utc("2026-03-11 07:00"),
        utc("2026-03-11 16:00"),
    )


def test_a_time_that_the_clock_skips_is_the_end_of_the_skip() -> None:
    assert instant_at(date(2026, 3, 8), 150, NEW_YORK) == utc("2026-03-08 07:00")


def test_a_time_that_comes_twice_is_its_first() -> None:
    assert instant_at(date(2026, 11, 1), 90, NEW_YORK) == utc("2026-11-01 05:30")


def test_a_day_that_begins_in_the_skip_begins_after_it() -> None:
    assert span(date(2026, 3, 8), HAVANA, None).starts_at == utc("2026-03-08 05:00")


def test_a_day_with_a_repeated_first_hour_begins_with_the_first() -> None:
    assert span(date(2026, 11, 1), HAVANA, None).starts_at == utc("2026-11-01 04:00")


def test_a_day_that_a_zone_never_had_has_no_length() -> None:
    found = span(date(2011, 12, 30), ZoneInfo("Pacific/Apia"), None)
    assert found.starts_at == found.expires_at == utc("2011-12-30 10:00")


def test_the_year_turns_in_the_customers_zone() -> None:
    kiritimati = Custom(ZoneInfo("Pacific/Kiritimati"))
    found = next_greeting(Occasion("birthday", 1, 1), kiritimati, (), utc("2026-12-31 10:30"))
    assert found is not None
    assert (found.year, found.starts_at) == (2027, utc("2026-12-31 10:00"))


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("09:00-18:00", Window(540, 1080)),
        ("00:00-24:00", Window(0, 1440)),
        (" 08:30 - 20:00 ", Window(510, 1200)),
        ("18:00-09:00", None),
        ("24:00-24:30", None),
        ("9-18", None),
        ("", None),
        (None, None),
    ],
)
def test_windows_are_read_strictly(text: str | None, window: Window | None) -> None:
    assert read_window(text) == window


def test_the_next_opening_after_closing_is_tomorrow() -> None:
    assert next_opening(Window(540, 1080), utc("2026-03-10 17:00"), SOFIA) == utc("2026-03-11 07:00")
