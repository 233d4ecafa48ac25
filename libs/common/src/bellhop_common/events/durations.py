"""How do people write a duration? As `20s`, `5m`, `4h`, `7d`, or several of these after each other."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_WHOLE = re.compile(r"(?:\d+[dhms])+")
_PART = re.compile(r"(\d+)([dhms])")


def parse_duration(value: object) -> object:
    """Anything that isn't written like that is left for the type itself to judge."""
    match value:
        case bool() | int() | float():
            raise ValueError(f"a duration has a unit: write {value}s, {value}m, {value}h or {value}d")
        case str() if _WHOLE.fullmatch(value):
            return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(value)), timedelta())
        case _:
            return value


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
