"""What still has to be published, what has to wait, and is it too much? The publisher's bookkeeping, without I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 2.0
# Asking for a broker that isn't there costs next to nothing, and whoever waits wants to know soon that it is back.
ABSENT_DELAY: Final = 0.2
MAX_AGE: Final = 10.0
MAX_ROWS: Final = 100_000


@dataclass(slots=True)
class _Wait:
    delay: float
    until: float


@dataclass(slots=True)
class Backlog:
    """The shards that need a look, each with the last row of our own (0: only rows of others are known).

    Times are seconds of any one steady clock.
    """

    _needed: dict[int, int] = field(default_factory=dict)
    _waits: dict[int, _Wait] = field(default_factory=dict)

    def add(self, shards: Mapping[int, int]) -> None:
        for shard, last in shards.items():
            self._needed[shard] = max(last, self._needed.get(shard, 0))

    def ready(self, now: float) -> list[int]:
        return sorted(shard for shard in self._needed if self.wait(shard) <= now)

    def next_at(self) -> float | None:
        return min((self.wait(shard) for shard in self._needed), default=None)

    def has_own(self) -> bool:
        return any(last > 0 for last in self._needed.values())

    def failed(self, shards: Iterable[int], now: float) -> None:
        for shard in shards:
            before = self._waits.get(shard)
            delay = FIRST_DELAY if before is None else min(before.delay * 2, LONGEST_DELAY)
            self._waits[shard] = _Wait(delay, now + delay)

    def absent(self, shards: Iterable[int], now: float) -> None:
        """No broker could be reached, or none that leads; nothing was sent, so no doubt has to be given time."""
        for shard in shards:
            self._waits[shard] = _Wait(FIRST_DELAY, now + ABSENT_DELAY)

    def succeeded(self, shards: Iterable[int]) -> None:
        for shard in shards:
            self._waits.pop(shard, None)

    def settle(self, asked: Iterable[int], held: Iterable[int], oldest: Mapping[int, int]) -> None:
        """After a round: `held` were ours to publish, `oldest` is the first row left of each shard that has any.

        A shard is forgotten when it has no rows, or when another process holds it and our own rows are gone.
        """
        ours = set(held)
        for shard in asked:
            left = oldest.get(shard)
            own_gone = left is None or left > self._needed.get(shard, 0)
            if left is None or (own_gone and shard not in ours):
                self._needed.pop(shard, None)
                self._waits.pop(shard, None)
            elif own_gone:
                self._needed[shard] = 0

    def wait(self, shard: int) -> float:
        wait = self._waits.get(shard)
        return 0.0 if wait is None else wait.until


def overloaded(already: bool, oldest_age: float, rows: int) -> bool:  # noqa: FBT001 - the state so far
    """Beyond either limit; once beyond, until both are down to half."""
    share = 0.5 if already else 1.0
    return oldest_age > MAX_AGE * share or rows > MAX_ROWS * share
