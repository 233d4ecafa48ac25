"""Is a business duration exact over weekends, holidays, half days, years and changes of the clock?"""

from datetime import UTC, date, datetime, timedelta

import pytest

from bellhop_sla.domain.calendar import NEVER, add, between
from bellhop_sla.domain.hours import BadCalendar, Calendar, check, holiday_dates

OFFICE = Calendar("office", "Europe/Berlin", "Mo-Fr 09:00-17:00")
BAVARIA = Calendar("bavaria", "Europe/Berlin", "Mo-Fr 09:00-17:00", holidays="DE-BY")
NIGHT = Calendar("night", "Europe/Berlin", "22:00-06:00")
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_without_a_calendar_all_time_counts() -> None:
    assert add(None, utc("2026-03-28 23:00"), 30 * HOUR) == utc("2026-03-30 05:00")


def test_friday_evening_goes_on_on_monday_morning() -> None:
    # 16:30 in Berlin is 15:30 UTC in winter.
    assert add(OFFICE, utc("2026-01-09 15:30"), HOUR) == utc("2026-01-12 08:30")


def test_a_start_outside_the_hours_counts_from_opening() -> None:
    assert add(OFFICE, utc("2026-01-10 12:00"), HOUR) == utc("2026-01-12 09:00")


def test_a_duration_that_fills_the_day_ends_at_closing_not_at_the_next_opening() -> None:
    assert add(OFFICE, utc("2026-01-09 08:00"), 8 * HOUR) == utc("2026-01-09 16:00")


def test_several_ranges_a_day_leave_the_lunch_break_out() -> None:
    lunch = Calendar("lunch", "UTC", "Mo-Fr 09:00-12:00,13:00-17:00")
    assert add(lunch, utc("2026-03-04 11:30"), HOUR) == utc("2026-03-04 13:30")
    assert between(lunch, utc("2026-03-04 11:30"), utc("2026-03-04 13:30")) == HOUR


def test_the_hour_that_daylight_saving_skips_is_worth_nothing() -> None:
    # In Berlin 2026-03-29 02:00 becomes 03:00: the night shift lasts seven hours.
    assert between(NIGHT, utc("2026-03-28 21:00"), utc("2026-03-29 04:00")) == 7 * HOUR
    assert add(NIGHT, utc("2026-03-28 21:00"), 8 * HOUR) == utc("2026-03-29 21:00")


def test_hours_that_lie_wholly_in_the_gap_do_not_happen_that_day() -> None:
    gap = Calendar("gap", "Europe/Berlin", "02:00-03:00")
    assert add(gap, utc("2026-03-28 12:00"), HOUR) == utc("2026-03-30 01:00")


def test_the_hour_that_daylight_saving_repeats_counts_twice() -> None:
    # In Berlin 2026-10-25 03:00 becomes 02:00: the night shift lasts nine hours.
    assert between(NIGHT, utc("2026-10-24 20:00"), utc("2026-10-25 05:00")) == 9 * HOUR
    assert add(NIGHT, utc("2026-10-24 20:00"), 9 * HOUR) == utc("2026-10-25 05:00")


def test_half_of_the_repeated_hour_is_open_both_times() -> None:
    half = Calendar("half", "Europe/Berlin", "02:00-02:30")
    assert between(half, utc("2026-10-25 00:00"), utc("2026-10-25 02:00")) == HOUR
    assert add(half, utc("2026-10-25 00:15"), timedelta(minutes=30)) == utc("2026-10-25 01:15")


def test_a_holiday_is_off_in_its_region_only() -> None:
    # Epiphany, 6 January, is a holiday in Bavaria and not in Berlin; 2026 it is a Tuesday.
    berlin = Calendar("berlin", "Europe/Berlin", "Mo-Fr 09:00-17:00", holidays="DE-BE")
    monday_evening = utc("2026-01-05 15:30")
    assert add(BAVARIA, monday_evening, HOUR) == utc("2026-01-07 08:30")
    assert add(berlin, monday_evening, HOUR) == utc("2026-01-06 08:30")


def test_a_half_day_in_the_hours_ends_at_noon() -> None:
    office = Calendar("office", "Europe/Berlin", "Mo-Fr 09:00-17:00; Dec 24 09:00-12:00", holidays="DE")
    # Thursday 10:30 in Berlin; Friday is Christmas, Saturday too, then comes Monday.
    assert add(office, utc("2026-12-24 09:30"), 2 * HOUR) == utc("2026-12-28 08:30")


def test_own_dates_are_closed_wholly_or_in_part() -> None:
    office = Calendar("own", "UTC", "Mo-Fr 09:00-17:00", closed=("2026-03-04", "2026-03-05 12:00-24:00"))
    assert between(office, utc("2026-03-04 00:00"), utc("2026-03-06 00:00")) == 3 * HOUR


def test_hours_may_say_themselves_what_holds_on_holidays() -> None:
    shop = Calendar("shop", "Europe/Berlin", "Mo-Sa 09:00-17:00; PH 10:00-14:00", holidays="DE")
    assert between(shop, utc("2026-12-25 00:00"), utc("2026-12-26 00:00")) == 4 * HOUR


def test_a_duration_runs_over_new_year_and_leap_day() -> None:
    always = Calendar("always", "Europe/Berlin")
    assert add(always, utc("2027-12-31 23:30"), 24 * 60 * HOUR) == utc("2028-02-29 23:30")
    assert between(always, utc("2023-06-01"), utc("2033-06-01")) == timedelta(days=3653)


def test_hours_on_leap_days_alone_are_four_years_apart() -> None:
    leap = Calendar("leap", "UTC", "Feb 29 09:00-10:00")
    assert add(leap, utc("2026-01-01"), 90 * timedelta(minutes=1)) == utc("2032-02-29 09:30")


def test_a_calendar_that_never_opens_gives_never() -> None:
    assert add(Calendar("shut", "UTC", "24/7 off"), utc("2026-01-01"), HOUR) == NEVER


def test_between_is_nothing_when_the_end_comes_first() -> None:
    assert between(OFFICE, utc("2026-01-09 12:00"), utc("2026-01-09 11:00")) == timedelta()


def test_microseconds_are_kept() -> None:
    start = utc("2026-01-09 15:59:59.999999")
    assert add(OFFICE, start, timedelta(microseconds=3)) == utc("2026-01-12 08:00:00.000002")


def test_the_holidays_that_are_observed_can_be_listed() -> None:
    assert holiday_dates(BAVARIA, 2027)[date(2027, 1, 6)] == "Epiphany"


@pytest.mark.parametrize(
    ("calendar", "why"),
    [
        (Calendar("zone", "Mars/Olympus"), "time_zone: 'Mars/Olympus' is not known"),
        (Calendar("hours", "UTC", "Mo-Xx 9"), "expected wday"),
        (Calendar("place", "UTC", holidays="DE-QQ"), "does not have subdivision QQ"),
        (Calendar("date", "UTC", closed=("2026-02-30",)), "day is out of range"),
        (Calendar("text", "UTC", closed=("Christmas",)), "expected YYYY-MM-DD"),
    ],
    ids=lambda value: value.name if isinstance(value, Calendar) else "",
)
def test_what_cannot_be_read_is_named(calendar: Calendar, why: str) -> None:
    with pytest.raises(BadCalendar) as caught:
        check(calendar)
    assert why in caught.value.why
