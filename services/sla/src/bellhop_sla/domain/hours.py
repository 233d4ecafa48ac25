"""During which stretches of a year, in UTC, is a calendar open?

An instant is open when the wall clock of the calendar's zone shows an open time. So an hour that daylight saving
skips is worth nothing, and one that it repeats counts twice. All sums are whole microseconds since 1970.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import opening_hours
from opening_hours import OpeningHours, State

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# The library's type stub leaves its error out.
_ParserError: type[Exception] = vars(opening_hours)["ParserError"]
_HOLIDAY_SELECTOR = re.compile(r"\bPH\b")
_CLOSED = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}-\d{2}:\d{2}))?")


class BadCalendar(Exception):
    """`why` says what can't be read: the hours with the column, the zone, the country, the date."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"calendar {name}: {why}")
        self.name = name
        self.why = why


@dataclass(frozen=True, slots=True)
class Calendar:
    """`hours` as OSM `opening_hours`, half days in it (`Dec 24 09:00-12:00`).

    `holidays`: countries with or without a region (`DE-BY`), separated by commas. They are off, unless `hours`
    itself says what holds on them (`PH 10:00-14:00`). `closed`: own dates, whole (`2026-12-28`) or in part
    (`2026-12-28 12:00-24:00`).
    """

    name: str
    time_zone: str
    hours: str = "24/7"
    holidays: str | None = None
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenYear:
    """Open stretches of one UTC year in order; `before[i]` is what was open in the year before stretch i."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.before[-1]


def to_micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def to_instant(micros: int) -> datetime:
    return EPOCH + micros * MICROSECOND


def check(calendar: Calendar) -> None:
    """Raises `BadCalendar`."""
    open_year(calendar, 2026)


@lru_cache(maxsize=512)
def open_year(calendar: Calendar, year: int) -> OpenYear:
    first, last = (to_micros(datetime(number, 1, 1, tzinfo=UTC)) for number in (year, year + 1))
    walls = _wall_stretches(calendar, year)
    stretches = [
        (max(opens, since) - offset, min(closes, until) - offset)
        for since, until, offset in _offsets(_zone(calendar), first, last)
        for opens, closes in walls
        if max(opens, since) < min(closes, until)
    ]
    lengths = (closes - opens for opens, closes in stretches)
    return OpenYear(
        starts=tuple(opens for opens, _ in stretches),
        ends=tuple(closes for _, closes in stretches),
        before=tuple(accumulate(lengths, initial=0)),
    )


def holiday_dates(calendar: Calendar, year: int) -> dict[date, str]:
    """The public holidays that this calendar observes, with their names."""
    found: dict[date, str] = {}
    for place in (calendar.holidays or "").replace(" ", "").split(","):
        country, _, region = place.partition("-")
        if not country:
            continue
        try:
            found |= holidays.country_holidays(country, subdiv=region or None, years=year)
        except RuntimeError as error:
            raise BadCalendar(calendar.name, str(error)) from error
    return dict(sorted(found.items()))


def _wall_stretches(calendar: Calendar, year: int) -> list[tuple[int, int]]:
    """Open by the wall clock, as microseconds of the wall clock; a little more than the year on both sides."""
    try:
        rules = OpeningHours(_expression(calendar, year))
    except _ParserError as error:
        raise BadCalendar(calendar.name, str(error)) from error
    since, until = datetime(year - 1, 12, 29), datetime(year + 1, 1, 4)  # noqa: DTZ001 - wall clock on purpose
    return [
        (_wall_micros(opens), _wall_micros(closes))
        for opens, closes, state, _ in rules.intervals(since, until)
        if state == State.OPEN
    ]


def _expression(calendar: Calendar, year: int) -> str:
    days = [day for number in (year - 1, year, year + 1) for day in holiday_dates(calendar, number)]
    hours = calendar.hours
    if _HOLIDAY_SELECTOR.search(hours):
        hours = _HOLIDAY_SELECTOR.sub(",".join(_day(day) for day in days) or "1900 Jan 01", hours)
        days = []
    closed = [_closed_rule(calendar, text) for text in calendar.closed]
    return "; ".join([hours, *(f"{_day(day)} off" for day in days), *closed])


def _closed_rule(calendar: Calendar, text: str) -> str:
    match = _CLOSED.fullmatch(text.strip())
    if match is None:
        raise BadCalendar(calendar.name, f"closed: got {text[:40]!r}, expected YYYY-MM-DD or YYYY-MM-DD HH:MM-HH:MM")
    try:
        day = date.fromisoformat(match[1])
    except ValueError as error:
        raise BadCalendar(calendar.name, f"closed: {error}") from error
    return " ".join(part for part in (_day(day), match[2], "off") if part)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02d}"


def _zone(calendar: Calendar) -> ZoneInfo:
    try:
        return ZoneInfo(calendar.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadCalendar(calendar.name, f"time_zone: {calendar.time_zone[:60]!r} is not known") from error


def _wall_micros(wall: datetime) -> int:
    return to_micros(wall.replace(tzinfo=UTC))


def _offsets(zone: ZoneInfo, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Stretches of one offset: since and until by the wall clock, and the offset, all in microseconds."""
    since, offset = first, _offset(zone, first)
    for day in range(first, last, _DAY):
        tomorrow = min(day + _DAY, last)
        if _offset(zone, tomorrow) != offset:
            change = _change(zone, day, tomorrow)
            yield since + offset, change + offset, offset
            since, offset = change, _offset(zone, change)
    yield since + offset, last + offset, offset


_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


def _offset(zone: ZoneInfo, micros: int) -> int:
    offset = to_instant(micros).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // MICROSECOND


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """The first second in (low, high] at which the offset is another than at `low`."""
    before = _offset(zone, low)
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high
