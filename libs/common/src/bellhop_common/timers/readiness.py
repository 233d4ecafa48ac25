"""May this timer fire yet, since when, and what else is known by now? Not while its news may lie unread in a topic."""

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
    """`ready_at` is when the inputs had been read up to the due time: from then on lateness is the worker's own.

    `known_until`: up to where all of them were read, never before the due time; what came later may lie unread.
    """

    ready_at: datetime
    known_until: datetime


@dataclass(frozen=True, slots=True)
class NotReady:
    """At least one input may still hold news."""


def readiness(due_at: datetime, marks: Sequence[InputMark | None], now: datetime) -> Ready | NotReady:
    """One mark per input partition; None where nobody ever read it. Without inputs a timer is ready when due."""
    found = [_of_one(due_at, mark, now) for mark in marks]
    ready = [one for one in found if isinstance(one, Ready)]
    if len(ready) < len(found):
        return NotReady()
    since = max((one.ready_at for one in ready), default=due_at)
    return Ready(since, max(min((one.known_until for one in ready), default=due_at), due_at))


def _of_one(due_at: datetime, mark: InputMark | None, now: datetime) -> Ready | NotReady:
    if mark is None:
        return NotReady()
    if mark.end_seen_at is not None and now - mark.end_seen_at <= SEEN_LATELY:
        return Ready(max(due_at, mark.end_since or mark.end_seen_at), mark.end_seen_at)
    if mark.applied_at is not None and due_at <= mark.applied_at:
        # When that record was applied isn't kept; whoever looks does so many times a second.
        return Ready(max(due_at, now), mark.applied_at)
    return NotReady()
