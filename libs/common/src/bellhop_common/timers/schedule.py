"""Which timers are set, due and fired together? Timer rows and how they are grouped, without I/O."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bellhop_common.decision import CancelTimer, SetTimer, Subject, TimerDue

SUBJECTS_A_TRANSACTION: Final = 500


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer as stored. What stands below `behind` is known once its inputs were looked at, which was at `judged_at`.

    `behind`: news of its subject was read, but is parked.
    """

    kind: str
    subject: Subject
    desk: str
    due_at: datetime
    generation: int
    set_at: datetime
    behind: bool = False
    ready_at: datetime | None = None
    known_until: datetime | None = None
    stalled: bool = False
    judged_at: datetime | None = None

    @property
    def name(self) -> tuple[str, Subject]:
        return (self.kind, self.subject)

    def due(self) -> TimerDue:
        ready_at, known_until = self.ready_at or self.due_at, self.known_until or self.due_at
        return TimerDue(self.kind, self.subject, self.due_at, ready_at, known_until, self.stalled)


def last_words(timers: Iterable[SetTimer | CancelTimer]) -> list[SetTimer | CancelTimer]:
    """Per kind and subject what was said last, in the order in which rows are locked."""
    said = {(timer.kind, timer.subject): timer for timer in timers}
    return [said[name] for name in sorted(said, key=lambda name: (*name[1].lock_order, name[0]))]


def groups(rows: Iterable[TimerRow]) -> Iterator[tuple[str, Sequence[TimerRow]]]:
    """Per desk in the order of due times, no group with more subjects than one transaction may lock."""
    desks: dict[str, list[TimerRow]] = {}
    for row in sorted(rows, key=lambda row: (row.due_at, row.subject.lock_order, row.kind)):
        desks.setdefault(row.desk, []).append(row)
    for desk, timers in desks.items():
        for group in _parts(timers):
            yield desk, group


def sleep_for(now: datetime, next_due: datetime | None, sweep: timedelta) -> timedelta:
    """Until the nearest due time, but no longer than until the next sweep."""
    if next_due is None:
        return sweep
    return min(max(next_due - now, timedelta()), sweep)


def _parts(timers: Sequence[TimerRow]) -> Iterator[Sequence[TimerRow]]:
    part: list[TimerRow] = []
    subjects: set[Subject] = set()
    for timer in timers:
        if timer.subject not in subjects and len(subjects) == SUBJECTS_A_TRANSACTION:
            yield part
            part, subjects = [], set()
        part.append(timer)
        subjects.add(timer.subject)
    if part:
        yield part
