"""Is the desk open now? Weekly hours, holidays and own dates by the wall clock of a zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from opening_hours import OpeningHours, validate

CLOSED: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}-\d{2}:\d{2}))?")
OWN_HOLIDAY_HOURS: Final = re.compile(r"\bPH\b")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SAMPLE_YEAR: Final = 2026


@dataclass(frozen=True, slots=True)
class Calendar:
    """`hours` as OSM `opening_hours`; `holidays` such as `DE-BY` or `BG,DE` are off unless `hours` names `PH`.

    `closed`: own dates, whole (`2026-12-28`) or in part (`2026-12-28 12:00-24:00`).
    """

    time_zone: str
    hours: str = "24/7"
    holidays: str = ""
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """`part` is the field of the calendar that can't be read."""

    part: str
    got: str
    expected: str


def is_open(calendar: Calendar, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(calendar.time_zone))
    return _rules(calendar, local.year).is_open(local.replace(tzinfo=None))


def unreadable(calendar: Calendar) -> Unreadable | None:
    """The first thing in it that nobody can read."""
    if not is_zone(calendar.time_zone):
        return Unreadable("time_zone", calendar.time_zone, "an IANA time zone such as 'Europe/Sofia'")
    if not validate(calendar.hours):
        return Unreadable("hours", calendar.hours, "opening hours such as 'Mo-Fr 09:00-17:30'")
    wrong = next((text for text in calendar.closed if _off(text) is None), None)
    if wrong is not None:
        return Unreadable("closed", wrong, "a date such as '2026-12-28' or '2026-12-28 12:00-24:00'")
    try:
        _holidays(calendar, SAMPLE_YEAR)
    except NotImplementedError:
        return Unreadable("holidays", calendar.holidays, "countries such as 'BG' or 'DE-BY,FR'")
    return None


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _rules(calendar: Calendar, year: int) -> OpeningHours:
    own = OWN_HOLIDAY_HOURS.search(calendar.hours) is not None
    days = _holidays(calendar, year)
    hours = OWN_HOLIDAY_HOURS.sub(",".join(map(_day, days)), calendar.hours) if own and days else calendar.hours
    off = [] if own else [f"{_day(day)} off" for day in days]
    return OpeningHours("; ".join([hours, *off, *(rule for text in calendar.closed if (rule := _off(text)))]))


def _holidays(calendar: Calendar, year: int) -> list[date]:
    """Raises `NotImplementedError` for a country or region that isn't known."""
    found: set[date] = set()
    for place in calendar.holidays.replace(" ", "").split(","):
        country, _, region = place.partition("-")
        if country:
            found.update(holidays.country_holidays(country, subdiv=region or None, years=year))
    return sorted(found)


def _day(day: date) -> str:
    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}"


def _off(text: str) -> str | None:
    """None when it is no date."""
    found = CLOSED.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    rule = f"{_day(day)} {found[2]} off" if found[2] else f"{_day(day)} off"
    return rule if validate(rule) else None
