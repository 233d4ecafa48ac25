"""What happened to one key, in the order in which it happened? First occurrences, one epoch at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby

from bellhop_common.history.ports import History, Order, Selection
from bellhop_common.history.records import HistoryRecord

CUT = "begin before the log does"
CARRIED = "began before a database was restored"


@dataclass(frozen=True, slots=True)
class Story:
    """`whole`: it begins at 1. `carried`: in a raised epoch, so that what it tells of may have begun before.

    `records` can be walked once, before the next story is asked for.
    """

    key: str
    epoch: int
    whole: bool
    carried: bool
    records: Iterator[HistoryRecord]


def stories(history: History, topic: str, *, bodies: bool = True) -> Iterator[Story]:
    streamed = history.stream(Selection(Order.SEQUENCE, (topic,), bodies=bodies))
    for _, records in groupby(streamed, key=lambda record: (record.key, record.epoch)):
        yield _story(records)


def _story(records: Iterator[HistoryRecord]) -> Story:
    first = next(records)
    epoch = first.epoch or 0
    return Story(first.key or "", epoch, first.sequence == 1, epoch > 1, chain((first,), records))
