"""How is a long order kept so that a change costs little? In short sorted runs, never changed in place."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Generic, TypeVar

LONGEST: Final = 128
"""Of a run. A change copies one run and the list of runs: for 10,000 entries some 200 pointers, not 10,000."""

EntryT = TypeVar("EntryT", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True, eq=False)
class Order(Generic[EntryT]):
    """Entries from the lowest up; equal to another with the same entries, however they fell into runs."""

    runs: tuple[tuple[EntryT, ...], ...] = ()
    count: int = 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[EntryT]:
        return chain.from_iterable(self.runs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Order) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    @property
    def first(self) -> EntryT | None:
        return self.runs[0][0] if self.runs else None

    def before(self, entry: EntryT) -> int:
        """How many are lower."""
        at = self._run_of(entry)
        return sum(map(len, self.runs[:at])) + (bisect_left(self.runs[at], entry) if self.runs else 0)

    def inserted(self, entry: EntryT) -> "Order[EntryT]":
        if not self.runs:
            return Order(((entry,),), 1)
        at = self._run_of(entry)
        run = self.runs[at]
        place = bisect_left(run, entry)
        grown = (*run[:place], entry, *run[place:])
        half = len(grown) // 2
        parts = (grown,) if len(grown) <= LONGEST else (grown[:half], grown[half:])
        return Order((*self.runs[:at], *parts, *self.runs[at + 1 :]), self.count + 1)

    def removed(self, entry: EntryT) -> "Order[EntryT]":
        """The same where the entry isn't in it."""
        if not self.runs:
            return self
        at = self._run_of(entry)
        run = self.runs[at]
        place = bisect_left(run, entry)
        if place == len(run) or run[place] != entry:
            return self
        left = (*run[:place], *run[place + 1 :])
        around = _joined([*self.runs[max(at - 1, 0) : at], left, *self.runs[at + 1 : at + 2]])
        return Order((*self.runs[: max(at - 1, 0)], *around, *self.runs[at + 2 :]), self.count - 1)

    def _run_of(self, entry: EntryT) -> int:
        """The last run that begins at or below the entry, else the first."""
        return max(bisect_right(self.runs, entry, key=_begin) - 1, 0)


def _joined(runs: Iterable[tuple[EntryT, ...]]) -> list[tuple[EntryT, ...]]:
    """Without empty ones, and with short neighbours put together."""
    found: list[tuple[EntryT, ...]] = []
    for run in runs:
        if found and len(found[-1]) + len(run) <= LONGEST // 2:
            found[-1] = (*found[-1], *run)
        elif run:
            found.append(run)
    return found


def _begin(run: tuple[EntryT, ...]) -> EntryT:
    return run[0]
