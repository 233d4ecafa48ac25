"""How do people write a duration? As `20s`, `5m`, `4h`, `7d`, or several of these after each other."""

import re
from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

LONGEST: Final = timedelta(days=36_500)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_WHOLE = re.compile(r"(?:\d+[dhms])+")
_PART = re.compile(r"(\d+)([dhms])")


def parse_duration(value: object) -> object:
    """Anything that isn't written like that is left for the type itself to judge."""
    match value:
        case bool() | int() | float():
            raise ValueError(f"a duration has a unit: write {value}s, {value}m, {value}h or {value}d")
        case str() if _WHOLE.fullmatch(value):
            return _sum(value)
        case _:
            return value


def _sum(written: str) -> timedelta:
    try:
        return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(written)), timedelta())
    except (OverflowError, ValueError) as error:
        raise ValueError(f"at most {LONGEST.days}d") from error


def _within(duration: timedelta) -> timedelta:
    """No instant counted from it can leave the calendar, and nothing is due before it began."""
    if duration < timedelta():
        raise ValueError("zero or more")
    if duration > LONGEST:
        raise ValueError(f"at most {LONGEST.days}d")
    return duration


Duration = Annotated[timedelta, BeforeValidator(parse_duration), AfterValidator(_within)]
