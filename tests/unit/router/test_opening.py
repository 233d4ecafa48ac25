"""When is a desk open?"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bellhop_router.domain.opening import Calendar, is_open, unreadable

SOFIA = ZoneInfo("Europe/Sofia")
OFFICE = Calendar("Europe/Sofia", "Mo-Fr 09:00-18:00", "BG", ("2026-12-14 12:00-24:00", "2026-08-14"))


def sofia(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SOFIA)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        pytest.param(sofia(3, 2), True, id="Monday"),
        pytest.param(sofia(3, 1), False, id="Sunday"),
        pytest.param(sofia(3, 3), False, id="Liberation Day"),
        pytest.param(sofia(8, 14), False, id="own closed day"),
        pytest.param(sofia(12, 14), True, id="morning of a half day"),
        pytest.param(sofia(12, 14, 13), False, id="afternoon of a half day"),
        pytest.param(sofia(3, 30, 9), True, id="first hour after the clocks went forward"),
        pytest.param(sofia(3, 2, 18), False, id="closing time"),
    ],
)
def test_open_by_the_wall_clock(instant: datetime, *, expected: bool) -> None:
    assert is_open(OFFICE, instant) is expected


def test_hours_may_say_what_holds_on_holidays() -> None:
    calendar = Calendar("Europe/Sofia", "Mo-Fr 09:00-18:00; PH 11:00-12:00", "BG")
    assert is_open(calendar, sofia(3, 3, 11))
    assert not is_open(calendar, sofia(3, 3, 10))


def test_what_nobody_can_read_is_named() -> None:
    wrong = unreadable(Calendar("Europe/Sofia", holidays="BG,XX"))
    assert wrong is not None
    assert (wrong.part, wrong.got) == ("holidays", "BG,XX")
    assert unreadable(OFFICE) is None
