"""In which order does work wait? Lanes of items with the same needs, each sorted once and for all.

Score = priority + boost + ageing * minutes waited. With linear ageing the order inside a queue never changes
while items wait, so it is kept as a static rank: the instant at which an item without points would have had
to arrive to score the same. An item of priority 0 overtakes a fresh one of priority p after p / ageing minutes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import immutables

from bellhop_router.domain.names import Channel, Need, QueueName
from bellhop_router.domain.order import Order
from bellhop_router.domain.policy import QueuePolicy
from bellhop_router.domain.work import WorkItem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000

Entry = tuple[int, str]
"""Rank and work item id; the lower goes first."""

EMPTY: Order[Entry] = Order()


@dataclass(frozen=True, slots=True)
class Lane:
    """Items here differ only in who declined them: any agent that may take one may take all."""

    queue: QueueName
    channel: Channel
    tier: int
    required: tuple[Need, ...]


Lanes = immutables.Map[Lane, Order[Entry]]


def lane_of(item: WorkItem) -> Lane:
    return Lane(item.queue, item.channel, item.tier, item.required)


def rank(item: WorkItem, queue: QueuePolicy) -> int:
    points = item.priority + item.boost
    return (item.queued_at - EPOCH) // MICROSECOND - round(points * MINUTE / queue.ageing)


def score(ranked: int, queue: QueuePolicy, now: datetime) -> float:
    """Points at `now`, for comparing heads of different queues."""
    return ((now - EPOCH) // MICROSECOND - ranked) / MINUTE * queue.ageing


def overtakes_within(queue: QueuePolicy, points: int) -> timedelta:
    """How much earlier an item must have come to go before one with `points` more than it."""
    return timedelta(minutes=points / queue.ageing)


def insert(lanes: Lanes, lane: Lane, entry: Entry) -> Lanes:
    return lanes.set(lane, lanes.get(lane, EMPTY).inserted(entry))


def remove(lanes: Lanes, lane: Lane, entry: Entry) -> Lanes:
    entries = lanes.get(lane, EMPTY)
    left = entries.removed(entry)
    if left is entries:
        return lanes
    return lanes.set(lane, left) if left else lanes.delete(lane)
