"""Is a clock's due instant what its history and its calendar give? By the arithmetic that is installed."""

from datetime import datetime, timedelta

from bellhop_common.events.topics import DESK, WORK
from bellhop_common.history.clocks import Clock
from bellhop_common.history.ports import ClockStory, DueAt, History, Order, Selection
from bellhop_common.history.records import Fields, HistoryRecord, whole
from bellhop_common.history.verdicts import Findings, Verdict

_TOLERANCE = timedelta(milliseconds=1)
_DATED = frozenset({"sla.clock-started", "sla.clock-resumed", "sla.clock-breached"})
_REWRITTEN = frozenset({"sla.clock-moved", "sla.clock-corrected"})
Pauses = list[tuple[datetime, datetime | None]]


class DueInstants:
    def __init__(self, history: History, due_at: DueAt) -> None:
        self._findings = Findings("clocks", "due")
        self._due_at = due_at
        self._desks = _desks(history)
        self._history = history
        self._pauses: dict[str, Pauses] = {}
        self._unclear: dict[str, str] = {}

    def forget(self) -> None:
        """A conversation is over, and its clocks with it."""
        self._pauses.clear()
        self._unclear.clear()

    def look(self, clock: Clock, record: HistoryRecord) -> None:
        name = clock.started.id
        self._pause(clock, self._pauses.setdefault(name, []), record)
        if record.type in _REWRITTEN:
            self._unclear[name] = "words of clocks that were moved or corrected"
        if name in self._unclear:
            self._findings.skip(self._unclear[name])
        elif record.type in _DATED:
            self._dated(clock, record)
        elif record.type == "sla.clock-warned":
            self._warned(clock, record)

    def verdict(self) -> Verdict:
        return self._findings.verdict()

    def _dated(self, clock: Clock, record: HistoryRecord) -> None:
        expected, stated = self._expected(clock, record, None), record.instant("due_at")
        if expected is not None and stated is not None and abs(expected - stated) > _TOLERANCE:
            self._findings.wrong(f"due_at is {stated}, computed {expected}", clock.started, record)

    def _warned(self, clock: Clock, record: HistoryRecord) -> None:
        expected = self._expected(clock, record, int(record.number("threshold")))
        if expected is not None and record.at < expected - _TOLERANCE:
            self._findings.wrong(f"warned at {record.at}, due at {expected}", clock.started, record)

    def _expected(self, clock: Clock, record: HistoryRecord, threshold: int | None) -> datetime | None:
        desk = self._desks.get((record.desk or "", whole(record.body, "calendar_version") or 0))
        pauses = tuple(self._pauses[clock.started.id])
        story = None if desk is None else ClockStory(clock.started, pauses, desk, record, threshold)
        expected = None if story is None else self._due_at(story)
        if expected is None:
            self._findings.skip("words that no calendar version in the history dates")
        else:
            self._findings.case()
        return expected

    def _pause(self, clock: Clock, pauses: Pauses, record: HistoryRecord) -> None:
        """A pause lasts from what caused it to what ended it, not from when the clock heard of it."""
        if record.type not in {"sla.clock-paused", "sla.clock-resumed"}:
            return
        cause = None if record.cause is None else self._history.with_id(record.cause)
        if cause is None or cause.topic != WORK.name:
            self._unclear[clock.started.id] = "words of clocks whose pauses have no work as their cause"
        elif record.type == "sla.clock-paused":
            # What isn't paused by a pending was born while its item was pending already.
            born = clock.started.instant("started_at") if cause.type != "work.pended" else None
            pauses.append((born or cause.at, None))
        elif pauses:
            pauses[-1] = (pauses[-1][0], cause.at)


def _desks(history: History) -> dict[tuple[str, int], Fields]:
    streamed = history.stream(Selection(Order.PLACE, (DESK.name,), ("desk.applied",)))
    return {(record.desk or "", whole(record.body, "version") or 0): record.body for record in streamed}
