"""May this timer fire yet, and since when? Not while news of its subject may lie unread in a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SEEN_LATELY: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class InputMark:
    """How far one input partition was read, by all replicas together.

    `applied_at` is the append time of the last record applied, `end_seen_at` when the end was last seen,
    `end_since` when the present run of such sightings began.
    """

    applied_at: datetime | None = None
    end_seen_at: datetime | None = None
    end_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """`ready_at` is when the inputs had been read up to the due time: from then on lateness is the worker's own."""

    ready_at: datetime


@dataclass(frozen=True, slots=True)
class NotReady:
    """At least one input may still hold news."""


def readiness(due_at: datetime, marks: Sequence[InputMark | None], now: datetime) -> Ready | NotReady:
    """One mark per input partition; None where nobody ever read it. Without inputs a timer is ready when due."""
    moments = [_ready_since(due_at, mark, now) for mark in marks]
    if any(moment is None for moment in moments):
        return NotReady()
    return Ready(max((moment for moment in moments if moment is not None), default=due_at))


def _ready_since(due_at: datetime, mark: InputMark | None, now: datetime) -> datetime | None:
    if mark is None:
        return None
    if mark.end_seen_at is not None and now - mark.end_seen_at <= SEEN_LATELY:
        return max(due_at, mark.end_since or mark.end_seen_at)
    if mark.applied_at is not None and due_at <= mark.applied_at:
        # When that record was applied isn't kept; whoever looks does so many times a second.
        return max(due_at, now)
    return None
