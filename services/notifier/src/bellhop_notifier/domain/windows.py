"""At which instant does a clock on the wall show a given time, and is it a decent hour to write to somebody?"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MINUTES_A_DAY: Final = 1_440
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of the local day, from `start` up to but without `end`; `end` is at most 1440."""

    start: int
    end: int


WHOLE_DAY: Final = Window(0, MINUTES_A_DAY)


def read_window(text: str | None) -> Window | None:
    """`HH:MM-HH:MM` up to `24:00`; None for anything else."""
    found = None if text is None else _WINDOW.fullmatch(text.replace(" ", ""))
    if found is None:
        return None
    hours, minutes, end_hours, end_minutes = (int(part) for part in found.groups())
    window = Window(hours * 60 + minutes, end_hours * 60 + end_minutes)
    return window if window.start < window.end <= MINUTES_A_DAY else None


def first_zone(*names: str | None) -> ZoneInfo:
    """The first that exists, else UTC."""
    for name in names:
        try:
            return ZoneInfo(name or "")
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def instant_at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When the clock first shows that minute or, where it skips it, the moment right after the skip."""
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    found = wanted.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wanted:
        return found
    after = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _end_of_gap(after, found, zone)


def is_open(window: Window, now: datetime, zone: ZoneInfo) -> bool:
    local = now.astimezone(zone)
    return window.start <= local.hour * 60 + local.minute < window.end


def next_opening(window: Window, now: datetime, zone: ZoneInfo) -> datetime:
    """The first opening after `now`."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(3))
    return next(opening for day in days if (opening := instant_at(day, window.start, zone)) > now)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Offsets change on whole seconds, so halving finds the very one."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        moved = before + timedelta(seconds=middle)
        low, high = (middle, high) if moved.astimezone(zone).utcoffset() == old else (low, middle)
    return before + timedelta(seconds=high)
