"""What does the outside see of queues?"""

from bellhop_router.domain.events import QueueChanged
from support.routing import NOON, Play, contact


def boards(events: list[object]) -> list[int]:
    return [event.waiting for event in events if isinstance(event, QueueChanged)]


def test_a_queue_is_told_at_once_and_then_at_most_once_a_second() -> None:
    play = Play.opened()
    assert boards([*play.feed(contact(1))]) == [1]
    assert boards([*play.feed(contact(2))]) == []
    assert boards([*play.feed(contact(3))]) == []
    assert boards([*play.wait(1)]) == [3]
    assert boards([*play.wait(5)]) == []


def test_versions_rise_and_the_oldest_is_named() -> None:
    play = Play.opened()
    play.feed(contact(1))
    play.wait(2)
    play.feed(contact(2))
    told = [event for event in play.events if isinstance(event, QueueChanged)]
    assert [event.waiting for event in told] == [1, 2]
    assert told[0].version < told[1].version
    assert told[-1].oldest_at == NOON
