"""Is a clock's due instant what its history and its calendar give? By the arithmetic that is installed."""

from datetime import datetime, timedelta

from bellhop_common.events.topics import DESK, WORK
from bellhop_common.history.clocks import Clock
from bellhop_common.history.ports import ClockStory, DueAt, History, Order, Selection
from bellhop_common.history.records import Fields, HistoryRecord, whole
from bellhop_common.history.verdicts import Findings, Verdict

_TOLERANCE = timedelta(milliseconds=1)
_DATED = frozenset({"sla.clock-started", "sla.clock-resumed", "sla.clock-breached"})
Pauses = list[tuple[datetime, datetime | None]]


class DueInstants:
    def __init__(self, history: History, due_at: DueAt) -> None:
        self._findings = Findings("clocks", "due")
        self._due_at = due_at
        self._desks = _desks(history)
        self._history = history
        self._pauses: dict[str, Pauses] = {}
        self._moved: set[str] = set()

    def forget(self) -> None:
        """A conversation is over, and its clocks with it."""
        self._pauses.clear()
        self._moved.clear()

    def look(self, clock: Clock, record: HistoryRecord) -> None:
        if record.type == "sla.clock-started":
            self._pauses[clock.started.id] = []
        self._pause(self._pauses[clock.started.id], record)
        if record.type == "sla.clock-moved":
            self._moved.add(clock.started.id)
        if clock.started.id in self._moved:
            self._findings.skip("words of clocks that a change of policy or priority moved")
        elif record.type in _DATED:
            self._dated(clock, record)
        elif record.type == "sla.clock-warned":
            self._warned(clock, record)

    def verdict(self) -> Verdict:
        return self._findings.verdict()

    def _dated(self, clock: Clock, record: HistoryRecord) -> None:
        story = self._story(clock, record, None)
        expected = None if story is None else self._due_at(story)
        stated = record.instant("due_at")
        if story is None or expected is None or stated is None:
            self._findings.skip("clocks whose calendar version is not in the history")
            return
        self._findings.case()
        if abs(expected - stated) > _TOLERANCE:
            self._findings.wrong(f"due_at is {stated}, computed {expected}", clock.started, record)

    def _warned(self, clock: Clock, record: HistoryRecord) -> None:
        story = self._story(clock, record, int(record.number("threshold")))
        expected = None if story is None else self._due_at(story)
        if expected is None:
            self._findings.skip("clocks whose calendar version is not in the history")
            return
        self._findings.case()
        if record.at < expected - _TOLERANCE:
            self._findings.wrong(f"warned at {record.at}, due at {expected}", clock.started, record)

    def _story(self, clock: Clock, record: HistoryRecord, threshold: int | None) -> ClockStory | None:
        desk = self._desks.get((record.desk or "", whole(record.body, "calendar_version") or 0))
        if desk is None:
            return None
        return ClockStory(clock.started, tuple(self._pauses[clock.started.id]), desk, record, threshold)

    def _pause(self, pauses: Pauses, record: HistoryRecord) -> None:
        """A pause lasts from what caused it to what ended it, not from when the clock heard of it."""
        if record.type == "sla.clock-paused":
            pauses.append((self._happened_at(record), None))
        elif record.type == "sla.clock-resumed" and pauses:
            pauses[-1] = (pauses[-1][0], self._happened_at(record))

    def _happened_at(self, record: HistoryRecord) -> datetime:
        cause = None if record.cause is None else self._history.with_id(record.cause)
        return record.at if cause is None or cause.topic != WORK.name else cause.at


def _desks(history: History) -> dict[tuple[str, int], Fields]:
    streamed = history.stream(Selection(Order.PLACE, (DESK.name,), ("desk.applied",)))
    return {(record.desk or "", whole(record.body, "version") or 0): record.body for record in streamed}
