"""How far from now may somebody ask about clocks and calendars? What lies further would be drawn year by year."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bellhop_common.events.wire import rfc3339
from bellhop_common.http.problems import Problem

YEARS: Final = 10
REACH: Final = timedelta(days=YEARS * 366)


def refuse_far(asked: Iterable[tuple[str, datetime | None]], now: datetime) -> None:
    """Each instant comes with its path; all that are too far are told at once."""
    wrong = [_told(path, at) for path, at in asked if at is not None and abs(at - now) > REACH]
    if wrong:
        raise Problem(422, "Not as expected", errors=wrong)


def _told(path: str, at: datetime) -> dict[str, str]:
    return {"path": path, "got": rfc3339(at), "expected": f"an instant at most {YEARS} years from now"}
