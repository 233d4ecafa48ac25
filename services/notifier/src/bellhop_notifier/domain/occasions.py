"""On which instant does a person's day begin, when is the greeting due, and until when may it still go out?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bellhop_notifier.domain.customers import Occasion
from bellhop_notifier.domain.windows import MINUTES_A_DAY, Window, instant_at

NINE: Final = 9 * 60
YEARS_AHEAD: Final = 9  # eight years may pass between two leap years

# What systems store when they know nothing.
SENTINELS: Final = frozenset(
    [(1, 1, 1), (1753, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1901, 1, 1), (1970, 1, 1), (9999, 12, 31)]
)


class LeapDay(StrEnum):
    """When those born on 29 February celebrate in other years."""

    FEB_28 = "feb-28"
    MAR_1 = "mar-1"
    LEAP_YEARS_ONLY = "leap-years-only"


@dataclass(frozen=True, slots=True)
class Span:
    """`starts_at` is the first moment of the day; the greeting is due at `due_at` and void from `expires_at` on."""

    starts_at: datetime
    due_at: datetime
    expires_at: datetime


def is_believable(occasion: Occasion) -> bool:
    """A day that exists, and no system's way of writing `unknown`."""
    if occasion.year is not None and (occasion.year, occasion.month, occasion.day) in SENTINELS:
        return False
    # 2000 was a leap year: 29 February passes.
    return _day(2000, occasion.month, occasion.day) is not None and occasion.year != 0


def celebrated_on(occasion: Occasion, year: int, leap_day: LeapDay = LeapDay.FEB_28) -> date | None:
    found = _day(year, occasion.month, occasion.day)
    if found is not None or leap_day is LeapDay.LEAP_YEARS_ONLY:
        return found
    return date(year, 2, 28) if leap_day is LeapDay.FEB_28 else date(year, 3, 1)


def span(day: date, zone: ZoneInfo, window: Window | None) -> Span:
    """Without a window: at nine in the morning, and until the day is over."""
    opens, closes = (NINE, MINUTES_A_DAY) if window is None else (window.start, window.end)
    return Span(
        starts_at=instant_at(day, 0, zone),
        due_at=instant_at(day, opens, zone),
        expires_at=instant_at(day, closes, zone),
    )


@dataclass(frozen=True, slots=True)
class Next:
    year: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Custom:
    """Where a person lives, and how they keep 29 February."""

    zone: ZoneInfo
    leap_day: LeapDay = LeapDay.FEB_28


def next_greeting(
    occasion: Occasion, custom: Custom, greeted: Collection[tuple[str, int]], now: datetime
) -> Next | None:
    """The first year whose day isn't over and which wasn't greeted yet."""
    if not is_believable(occasion):
        return None
    this_year = (now.astimezone(custom.zone) - timedelta(days=1)).year
    for year in range(this_year, this_year + YEARS_AHEAD + 1):
        day = celebrated_on(occasion, year, custom.leap_day)
        if day is None or (occasion.kind, year) in greeted:
            continue
        if instant_at(day, MINUTES_A_DAY, custom.zone) > now:
            return Next(year, instant_at(day, 0, custom.zone))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
