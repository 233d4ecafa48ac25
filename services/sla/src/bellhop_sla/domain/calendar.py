"""When is a business duration over, and how much business time lies between two instants?"""

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta

from bellhop_sla.domain.hours import MICROSECOND, Calendar, OpenYear, open_year, to_instant, to_micros

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The answer where a calendar doesn't open often enough within `HORIZON` years."""
HORIZON = 40


def add(calendar: Calendar | None, start: datetime, duration: timedelta) -> datetime:
    """The first instant by which `duration` of open time has passed; without a calendar all time is open."""
    if duration <= timedelta():
        return start
    if calendar is None:
        return NEVER if duration > NEVER - start else start + duration
    return _add(calendar, start, duration // MICROSECOND)


def between(calendar: Calendar | None, start: datetime, end: datetime) -> timedelta:
    """Open time in [start, end); nothing where `end` is not after `start`."""
    if end <= start:
        return timedelta()
    if calendar is None:
        return end - start
    low, high = to_micros(start), to_micros(end)
    years = range(start.astimezone(UTC).year, end.astimezone(UTC).year + 1)
    opened = (open_year(calendar, year) for year in years)
    return sum(_open_until(year, high) - _open_until(year, low) for year in opened) * MICROSECOND


def _add(calendar: Calendar, start: datetime, wanted: int) -> datetime:
    first = start.astimezone(UTC).year
    wanted += _open_until(open_year(calendar, first), to_micros(start))
    for number in range(first, min(first + HORIZON, NEVER.year)):
        year = open_year(calendar, number)
        if wanted <= year.total:
            return to_instant(_reached(year, wanted))
        wanted -= year.total
    return NEVER


def _open_until(year: OpenYear, micros: int) -> int:
    """What was open in this year before `micros`."""
    index = bisect_right(year.starts, micros) - 1
    if index < 0:
        return 0
    return year.before[index] + min(micros, year.ends[index]) - year.starts[index]


def _reached(year: OpenYear, wanted: int) -> int:
    """The first moment at which `wanted`, more than nothing and at most the total, has been open."""
    index = bisect_left(year.before, wanted) - 1
    return year.starts[index] + wanted - year.before[index]
