"""When does a process think that it is a bad deploy?"""

from bellhop_common.kernel.breaker import Breaker


def test_five_errors_in_a_row_are_borne_and_the_sixth_is_not() -> None:
    breaker = Breaker()
    for _ in range(5):
        breaker.failed()
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open


def test_one_event_that_goes_well_ends_the_row() -> None:
    breaker = Breaker()
    for _ in range(5):
        breaker.failed()
        breaker.handled()
        breaker.failed()
    assert breaker.in_a_row == 1
    assert not breaker.is_open


def test_more_than_ten_among_a_thousand_are_too_many() -> None:
    breaker = Breaker()
    for _ in range(10):
        breaker.failed()
        breaker.handled(50)
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open


def test_errors_of_long_ago_are_forgotten() -> None:
    breaker = Breaker()
    for _ in range(10):
        breaker.failed()
        breaker.handled(1)
    breaker.handled(1_000)
    breaker.failed()
    assert not breaker.is_open


def test_a_batch_without_anything_applied_says_nothing() -> None:
    breaker = Breaker()
    for _ in range(6):
        breaker.failed()
        breaker.handled(0)
    assert breaker.is_open
