"""Which replica is next?"""

from itertools import islice

from bellhop_local.demo.balancer import Rotation

BACKENDS = {"http://a": 1, "http://b": 2, "http://c": 3}


def firsts(rotation: Rotation, count: int) -> list[int]:
    return [next(rotation.candidates()) for _ in range(count)]


def test_ready_replicas_take_turns() -> None:
    assert firsts(Rotation(9, BACKENDS, frozenset({"http://a", "http://c"})), 4) == [3, 1, 3, 1]


def test_one_that_cannot_be_reached_is_followed_by_the_others() -> None:
    assert list(islice(Rotation(9, BACKENDS, frozenset(BACKENDS)).candidates(), 3)) == [2, 3, 1]


def test_if_none_is_ready_each_may_say_so_itself() -> None:
    assert sorted(Rotation(9, BACKENDS).candidates()) == [1, 2, 3]
