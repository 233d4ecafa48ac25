"""Is a clock's due instant what its history and its calendar give? By the arithmetic that is installed."""

from datetime import timedelta

from bellhop_common.events.topics import DESK
from bellhop_common.history.clocks import Clock
from bellhop_common.history.ports import ClockStory, DueAt, History, Order, Selection
from bellhop_common.history.records import Fields, HistoryRecord, whole
from bellhop_common.history.verdicts import Findings, Verdict

_TOLERANCE = timedelta(milliseconds=1)
_DATED = frozenset({"sla.clock-started", "sla.clock-resumed", "sla.clock-moved", "sla.clock-breached"})


class DueInstants:
    def __init__(self, history: History, due_at: DueAt) -> None:
        self._findings = Findings("clocks", "due")
        self._due_at = due_at
        self._desks = _desks(history)

    def look(self, clock: Clock, record: HistoryRecord) -> None:
        if record.type in _DATED:
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
        return ClockStory(clock.started, tuple(clock.pauses), desk, record, threshold)


def _desks(history: History) -> dict[tuple[str, int], Fields]:
    streamed = history.stream(Selection(Order.PLACE, (DESK.name,), ("desk.applied",)))
    return {(record.desk or "", whole(record.body, "version") or 0): record.body for record in streamed}
