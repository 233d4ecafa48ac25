"""Is this record of a sequenced topic the next of its key, a repeat, or is one missing before it?"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    APPLY = "apply"
    REPEAT = "repeat"
    GAP = "gap"


class Sequenced(Protocol):
    """Where a record stands; `log_start` is the first offset that its partition still holds.

    Whoever replays a record wants it applied, though its sequence may have been counted when it failed.
    """

    @property
    def topic(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def log_start(self) -> int: ...
    @property
    def replayed(self) -> bool: ...


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """The last record applied of a key."""

    epoch: int
    sequence: int


def passed(mark: Mark, skipped: Collection[Mark]) -> Mark:
    """The mark, moved on over what was given up directly behind it."""
    while (behind := Mark(mark.epoch, mark.sequence + 1)) in skipped:
        mark = behind
    return mark


def judge(mark: Mark | None, record: Sequenced, skipped: Collection[Mark] = ()) -> Verdict:
    """A higher epoch starts a key anew. Where retention took a key's beginning, it begins at its first record there.

    `skipped` are records of this key that a person gave up before they were counted. One that comes all the same, while
    none behind it was applied, is applied: whoever gave it up may have seen a forgery.
    """
    here = Mark(record.epoch, record.sequence)
    begun = mark is not None and record.epoch <= mark.epoch
    last = mark if begun and mark is not None else Mark(record.epoch, 0)
    if here <= last:
        return Verdict.APPLY if record.replayed else Verdict.REPEAT
    if record.sequence <= passed(last, skipped).sequence + 1 or (record.log_start > 0 and not begun):
        return Verdict.APPLY
    return Verdict.GAP
