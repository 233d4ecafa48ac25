"""Which shards are looked at next, and when is it too much?"""

from bellhop_common.messaging.backlog import Backlog, overloaded


def test_a_shard_is_forgotten_when_it_has_no_rows() -> None:
    backlog = Backlog()
    backlog.add({7: 10})
    backlog.settle([7], held=[7], oldest={})
    assert backlog.ready(0.0) == []


def test_a_shard_that_another_holds_is_kept_until_our_own_rows_are_gone() -> None:
    backlog = Backlog()
    backlog.add({7: 10})
    backlog.settle([7], held=[], oldest={7: 10})
    assert backlog.ready(0.0) == [7]
    backlog.settle([7], held=[], oldest={7: 11})
    assert backlog.ready(0.0) == []


def test_a_shard_that_we_hold_is_kept_while_anybodys_rows_are_left() -> None:
    backlog = Backlog()
    backlog.add({7: 10})
    backlog.settle([7], held=[7], oldest={7: 11})
    assert backlog.ready(0.0) == [7]
    assert not backlog.has_own()


def test_rows_told_of_during_a_round_keep_the_shard() -> None:
    backlog = Backlog()
    backlog.add({7: 10})
    backlog.add({7: 12})
    backlog.settle([7], held=[], oldest={7: 12})
    assert backlog.has_own()


def test_a_failing_shard_waits_from_50_ms_up_to_2_s_and_others_do_not() -> None:
    backlog = Backlog()
    backlog.add({1: 1, 2: 1})
    waits = []
    for _ in range(8):
        backlog.failed([1], now=100.0)
        assert backlog.ready(100.0) == [2]
        waits.append(round((backlog.wait(1)) - 100.0, 3))
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    backlog.succeeded([1])
    assert backlog.ready(100.0) == [1, 2]


def test_while_no_broker_answers_all_shards_wait_for_a_moment_only() -> None:
    backlog = Backlog()
    backlog.add({1: 1, 2: 1})
    for _ in range(8):
        backlog.failed([1], now=100.0)
    backlog.absent([1, 2], now=102.0)
    assert backlog.ready(102.0) == []
    assert backlog.next_at() == 102.2
    assert backlog.ready(102.2) == [1, 2]


def test_news_do_not_shorten_a_failing_shards_wait() -> None:
    backlog = Backlog()
    backlog.add({1: 1})
    backlog.failed([1], now=100.0)
    backlog.add({1: 2})
    assert backlog.ready(100.0) == []
    assert backlog.next_at() == 100.05


def test_overload_begins_beyond_a_limit_and_ends_at_half() -> None:
    assert not overloaded(already=False, oldest_age=10.0, rows=100_000)
    assert overloaded(already=False, oldest_age=10.1, rows=0)
    assert overloaded(already=False, oldest_age=0.0, rows=100_001)
    assert overloaded(already=True, oldest_age=5.1, rows=0)
    assert overloaded(already=True, oldest_age=0.0, rows=50_001)
    assert not overloaded(already=True, oldest_age=5.0, rows=50_000)
