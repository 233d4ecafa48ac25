"""How far is this process in each partition, and is it at the end? Lag and progress, from what was handled."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Protocol

from aiokafka import ConsumerRecord, TopicPartition

from bellhop_common.kernel.delivery import Place

# Looks come five times a second; what the client has fetched is handed over at once.
STILL_LOOKS: Final = 10
# Who beats ten times a second and missed so much was frozen, or its machine too busy to let it run.
STOOD_STILL: Final = 0.5
OLD_ANSWERS: Final = 1.0


class Fetching(Protocol):
    """What the client knows from its last fetch answer, without asking."""

    def highwater(self, partition: TopicPartition) -> int | None: ...

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None: ...


class Positions:
    """`moved_at` is a steady clock's reading of the last progress, or of the last time there was none to make."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._beat_at = steady()
        self._handled: dict[TopicPartition, int] = {}
        self.moved_at = self._steady()
        self._believed_from_ms = 0.0
        self._in_hand = False
        self._still: tuple[dict[TopicPartition, int], int] = ({}, 0)

    def begin(self, places: Mapping[TopicPartition, int]) -> None:
        self._handled = dict(places)
        self.moved()

    def clear(self) -> None:
        self._handled = {}
        self.moved()

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """From when a batch was handed over until it is handled for good or given back, outages included."""
        self._in_hand = True
        try:
            yield
        finally:
            self._in_hand = False

    def left_over(self, client: Fetching) -> list[TopicPartition]:
        """Partitions that lag by the same records for a while, though nothing is in hand: nobody hands these over.

        Ends of transactions are such: they take an offset, and no reader ever sees them.
        """
        lagging = {place: lag for place, lag in self.lags(client).items() if lag and not self._in_hand}
        self._still = (lagging, self._still[1] + 1 if lagging == self._still[0] else 0)
        return list(lagging) if self._still[1] >= STILL_LOOKS else []

    def passed(self, place: TopicPartition, position: int) -> None:
        """The client will hand over nothing before that offset."""
        if place in self._handled:
            self._handled[place] = max(self._handled[place], position)

    def handled(self, records: Iterable["ConsumerRecord[bytes, bytes]"]) -> None:
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            if place in self._handled:
                self._handled[place] = record.offset + 1
        self.moved()

    def moved(self) -> None:
        self.moved_at = self._steady()

    def excuse(self, seconds: float) -> None:
        """The process itself stood still for so long, as when it is frozen: that is no lack of progress."""
        self.moved_at = min(self.moved_at + max(seconds, 0.0), self._steady())

    def beat(self, wall_ms: float) -> None:
        """Often, and by whoever is about to believe: nobody knows who runs first after a freeze.

        Answers that came meanwhile lie ready then, and the client takes them for new ones as it reads them.
        """
        before, self._beat_at = self._beat_at, self._steady()
        if self._beat_at - before > STOOD_STILL:
            self._believed_from_ms = wall_ms + OLD_ANSWERS * 1000

    def lags(self, client: Fetching) -> dict[TopicPartition, int]:
        """Records not handled yet; partitions of which nothing was heard are left out."""
        ends = {place: client.highwater(place) for place in self._handled}
        return {place: max(end - self._handled[place], 0) for place, end in ends.items() if end is not None}

    def silent_for(self, client: Fetching, wall_ms: float) -> float:
        """Seconds since any partition was heard of; 0 while records wait, since the client asks for no more then."""
        heard = [at for place in self._handled if (at := client.last_poll_timestamp(place)) is not None]
        if not heard or any(self.lags(client).values()):
            return 0.0
        return max(wall_ms - max(heard), 0.0) / 1000

    def ends(self, client: Fetching, wall_ms: float) -> dict[Place, float]:
        """Partitions whose every record was handled when their end was last heard of, and how many seconds ago."""
        self.beat(wall_ms)
        found: dict[Place, float] = {}
        for place, lag in self.lags(client).items():
            heard = client.last_poll_timestamp(place)
            if lag == 0 and heard is not None and heard >= self._believed_from_ms:
                found[(place.topic, place.partition)] = max(wall_ms - heard, 0.0) / 1000
        return found
