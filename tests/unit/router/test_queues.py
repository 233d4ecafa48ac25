"""Is the waiting order static, and does it age?"""

from dataclasses import replace
from datetime import timedelta

from bellhop_router.domain.policy import QueuePolicy
from bellhop_router.domain.queues import insert, lane_of, rank, remove, score
from support.routing import FRONT, NOON, Play, contact

QUEUE = QueuePolicy(FRONT, ageing=2.0)


def test_score_is_priority_and_boost_plus_ageing_per_minute() -> None:
    play = Play.opened()
    play.feed(contact(1, vip=True))
    item = replace(play.item(1), priority=40)
    assert score(rank(item, QUEUE), QUEUE, NOON + timedelta(minutes=10)) == 40 + 10 + 20


def test_an_item_without_priority_overtakes_a_fresh_one_after_the_stated_time() -> None:
    play = Play.opened()
    play.feed(contact(1))
    old = replace(play.item(1), priority=0)
    fresh = replace(old, priority=100, queued_at=NOON + timedelta(minutes=50, seconds=1))
    assert rank(old, QUEUE) < rank(fresh, QUEUE)
    assert rank(old, QUEUE) > rank(replace(fresh, queued_at=NOON + timedelta(minutes=49, seconds=59)), QUEUE)


def test_an_empty_lane_is_forgotten() -> None:
    play = Play.opened()
    play.feed(contact(1))
    lane = lane_of(play.item(1))
    entry = (1, "x")
    lanes = insert(play.desk.lanes.delete(lane), lane, entry)
    assert dict(remove(lanes, lane, entry)) == {}
    assert remove(lanes, lane, (2, "y")) is lanes
