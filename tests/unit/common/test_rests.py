"""Which desks are left alone for a while?"""

from bellhop_common.timers.rests import Rests


def test_a_desk_that_fails_rests_ever_longer_but_no_longer_than_five_seconds() -> None:
    rests, now = Rests(), 100.0
    for pause in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0):
        rests.failed("shop", now)
        assert rests.is_resting("shop", now + pause - 0.01)
        assert not rests.is_resting("shop", now + pause + 0.01)
        now += pause + 0.01


def test_other_desks_go_on_and_one_that_went_well_begins_anew() -> None:
    rests = Rests()
    for _ in range(5):
        rests.failed("shop", 100.0)
    assert not rests.is_resting("travel", 100.0)
    rests.went_well("shop")
    assert not rests.is_resting("shop", 100.0)
    rests.failed("shop", 100.0)
    assert not rests.is_resting("shop", 100.11)
