"""Do `add` and `between` agree with a clerk who looks at the clock once a minute?"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from bellhop_sla.domain.calendar import add, between
from bellhop_sla.domain.hours import Calendar, holiday_dates

MINUTE = timedelta(minutes=1)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
HOURS = (
    "24/7",
    "Mo-Fr 09:00-17:00",
    "Mo-Fr 08:30-12:15,13:00-17:45; Sa 09:00-12:00",
    "22:00-06:00",
    "Mo-Su 01:30-02:45",
    "00:00-24:00; Su off",
    "Mo-Fr 09:00-17:00; Dec 24 09:00-12:00; Dec 31 09:00-12:00",
)
HOLIDAYS = (None, "DE-BY", "US", "AU-NSW")
# Around changes of the clock in both hemispheres, Christmas, new year and a leap day.
MOMENTS = (
    "2026-03-28",
    "2026-10-24",
    "2026-03-07",
    "2026-10-31",
    "2026-04-04",
    "2026-12-23",
    "2027-12-30",
    "2028-02-27",
)

calendars = st.builds(
    Calendar,
    name=st.just("drawn"),
    time_zone=st.sampled_from(ZONES),
    hours=st.sampled_from(HOURS),
    holidays=st.sampled_from(HOLIDAYS),
    closed=st.sampled_from(((), ("2026-12-28",), ("2026-10-26 12:00-24:00", "2026-03-30"))),
)
starts = st.builds(
    lambda day, offset: datetime.fromisoformat(day).replace(tzinfo=UTC) + offset * MINUTE,
    st.sampled_from(MOMENTS),
    st.integers(0, 3 * 1440),
)


@lru_cache(maxsize=64)
def _rules(calendar: Calendar) -> tuple[OpeningHours, frozenset[object], ZoneInfo]:
    days = frozenset(day for year in (2025, 2026, 2027, 2028, 2029) for day in holiday_dates(calendar, year))
    return OpeningHours(calendar.hours), days, ZoneInfo(calendar.time_zone)


def is_open(calendar: Calendar, instant: datetime) -> bool:
    """What the wall clock of the zone shows, looked up in the rules: nothing of the code under test."""
    hours, days, zone = _rules(calendar)
    wall = instant.astimezone(zone).replace(tzinfo=None)
    if wall.date() in days or wall.date().isoformat() in calendar.closed:
        return False
    part = next((text for text in calendar.closed if text.startswith(wall.date().isoformat())), None)
    if part is not None and wall.hour >= 12:
        return False
    return hours.is_open(wall)


def counted(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    minutes = (end - start) // MINUTE
    return sum(is_open(calendar, start + number * MINUTE) for number in range(minutes)) * MINUTE


@settings(max_examples=60, deadline=None)
@given(calendars, starts, st.integers(0, 4 * 1440))
def test_between_counts_the_open_minutes(calendar: Calendar, start: datetime, length: int) -> None:
    end = start + length * MINUTE
    assert between(calendar, start, end) == counted(calendar, start, end)


@settings(max_examples=60, deadline=None)
@given(calendars, starts, st.integers(1, 1440))
def test_add_ends_with_the_last_minute_that_it_needs(calendar: Calendar, start: datetime, length: int) -> None:
    end = add(calendar, start, length * MINUTE)
    assert between(calendar, start, end) == length * MINUTE
    assert is_open(calendar, end - MINUTE)
    assert between(calendar, start, end - timedelta(microseconds=1)) < length * MINUTE


@settings(max_examples=60, deadline=None)
@given(calendars, starts, st.integers(0, 10**11), st.integers(0, 10**11))
def test_between_is_additive_in_spans(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    middle = start + timedelta(microseconds=first)
    end = middle + timedelta(microseconds=second)
    assert between(calendar, start, end) == between(calendar, start, middle) + between(calendar, middle, end)


@settings(max_examples=60, deadline=None)
@given(calendars, starts, st.integers(1, 10**11), st.integers(1, 10**11))
def test_adding_twice_is_adding_the_sum(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    one, two = timedelta(microseconds=first), timedelta(microseconds=second)
    assert add(calendar, add(calendar, start, one), two) == add(calendar, start, one + two)
