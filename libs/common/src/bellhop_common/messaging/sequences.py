"""Is this record of a sequenced topic the next of its key, a repeat, or is one missing before it?"""

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


def judge(mark: Mark | None, record: Sequenced) -> Verdict:
    """A higher epoch starts a key anew. Where retention took a key's beginning, it begins at its first record there."""
    if mark is None or record.epoch > mark.epoch:
        begins = record.sequence == 1 or record.log_start > 0
        return Verdict.APPLY if begins else Verdict.GAP
    if record.epoch < mark.epoch or record.sequence <= mark.sequence:
        return Verdict.APPLY if record.replayed else Verdict.REPEAT
    return Verdict.APPLY if record.sequence == mark.sequence + 1 else Verdict.GAP
