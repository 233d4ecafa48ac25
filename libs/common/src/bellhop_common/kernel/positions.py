"""How far is this process in each partition, and is it at the end? Lag and progress, from what was handled."""

import time
from collections.abc import Iterable, Mapping
from typing import Protocol

from aiokafka import ConsumerRecord, TopicPartition

from bellhop_common.kernel.delivery import Place


class Fetching(Protocol):
    """What the client knows from its last fetch answer, without asking."""

    def highwater(self, partition: TopicPartition) -> int | None: ...

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None: ...


class Positions:
    """`moved_at` is a steady clock's reading of the last progress, or of the last time there was none to make."""

    def __init__(self) -> None:
        self._handled: dict[TopicPartition, int] = {}
        self.moved_at = time.monotonic()
        self._believed_from_ms = 0.0

    def begin(self, places: Mapping[TopicPartition, int]) -> None:
        self._handled = dict(places)
        self.moved()

    def clear(self) -> None:
        self._handled = {}
        self.moved()

    def handled(self, records: Iterable["ConsumerRecord[bytes, bytes]"]) -> None:
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            if place in self._handled:
                self._handled[place] = record.offset + 1
        self.moved()

    def moved(self) -> None:
        self.moved_at = time.monotonic()

    def excuse(self, seconds: float) -> None:
        """The process itself stood still for so long, as when it is frozen: that is no lack of progress."""
        self.moved_at = min(self.moved_at + max(seconds, 0.0), time.monotonic())

    def doubt(self, until_ms: float) -> None:
        """What is heard before that instant of the wall clock may be an answer to something asked long ago."""
        self._believed_from_ms = until_ms

    def lags(self, client: Fetching) -> dict[TopicPartition, int]:
        """Records not handled yet; partitions of which nothing was heard are left out."""
        ends = {place: client.highwater(place) for place in self._handled}
        return {place: max(end - self._handled[place], 0) for place, end in ends.items() if end is not None}

    def ends(self, client: Fetching, wall_ms: float) -> dict[Place, float]:
        """Partitions whose every record was handled when their end was last heard of, and how many seconds ago."""
        found: dict[Place, float] = {}
        for place, lag in self.lags(client).items():
            heard = client.last_poll_timestamp(place)
            if lag == 0 and heard is not None and heard >= self._believed_from_ms:
                found[(place.topic, place.partition)] = max(wall_ms - heard, 0.0) / 1000
        return found
