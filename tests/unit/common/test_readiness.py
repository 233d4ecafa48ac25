"""May a timer fire yet, and since when?"""

from datetime import UTC, datetime, timedelta

from bellhop_common.timers.readiness import InputMark, NotReady, Ready, readiness

DUE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return DUE + timedelta(seconds=seconds)


def test_without_inputs_it_is_ready_when_due() -> None:
    assert readiness(DUE, [], after(5)) == Ready(DUE, DUE)


def test_an_input_that_nobody_ever_read_holds_it_back() -> None:
    assert readiness(DUE, [None], after(5)) == NotReady()


def test_an_end_seen_within_the_last_second_is_enough() -> None:
    mark = InputMark(end_seen_at=after(-0.9), end_since=after(-600))
    assert readiness(DUE, [mark], after(0.1)) == Ready(DUE, DUE)
    assert readiness(DUE, [mark], after(0.2)) == NotReady()


def test_after_a_lag_it_is_ready_since_the_end_was_reached_so_that_the_workers_own_lateness_shows() -> None:
    mark = InputMark(end_seen_at=after(69.9), end_since=after(60))
    assert readiness(DUE, [mark], after(70)) == Ready(after(60), after(69.9))


def test_a_record_applied_from_after_the_due_time_is_enough() -> None:
    assert readiness(DUE, [InputMark(applied_at=after(0))], after(30)) == Ready(after(30), DUE)
    assert readiness(DUE, [InputMark(applied_at=after(-0.001))], after(30)) == NotReady()


def test_the_slowest_input_decides() -> None:
    quick = InputMark(end_seen_at=after(10), end_since=after(-600))
    slow = InputMark(end_seen_at=after(10), end_since=after(9))
    assert readiness(DUE, [quick, slow], after(10)) == Ready(after(9), after(10))
    assert readiness(DUE, [quick, InputMark()], after(10)) == NotReady()


def test_what_came_after_the_last_record_that_was_applied_is_not_known() -> None:
    ended = InputMark(end_seen_at=after(29.9), end_since=after(-600))
    applied = InputMark(applied_at=after(2), end_seen_at=after(1), end_since=after(-600))
    assert readiness(DUE, [ended, applied], after(30)) == Ready(after(30), after(2))
