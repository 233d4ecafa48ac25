"""Does each clock start, pause, warn, breach and end in order, never early, and is none forgotten?"""

from collections.abc import Iterator
from datetime import timedelta

from bellhop_common.events.topics import SLA
from bellhop_common.history.clocks import Clock, Lateness, apply
from bellhop_common.history.ports import History, Outside, Rule
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.rules.clock_due import DueInstants
from bellhop_common.history.stories import CARRIED, CUT, Story, stories
from bellhop_common.history.verdicts import Findings, Verdict, not_checked

_SETTLED = timedelta(seconds=2)
_FIRED = frozenset({"sla.clock-warned", "sla.clock-breached"})
Clocks = dict[str, Clock]


def check(history: History, outside: Outside) -> Iterator[Verdict]:
    findings, rest, lateness = Findings("clocks"), Findings("clocks", "at rest"), Lateness()
    due = None if outside.due_at is None else DueInstants(history, outside.due_at)
    for story in stories(history, SLA.name):
        if not story.whole:
            findings.skip(f"conversations {CUT}")
            continue
        for clock in _one_conversation(findings, story, lateness, due).values():
            _ended(rest, history, clock)
        if due is not None:
            due.forget()
    yield findings.verdict(note=lateness.told())
    yield not_checked("clocks", "due", "no calendar is installed") if due is None else due.verdict()
    yield rest.verdict() if history.facts.at_rest else not_checked("clocks", "at rest", "--at-rest was not given")


def _one_conversation(findings: Findings, story: Story, lateness: Lateness, due: DueInstants | None) -> Clocks:
    clocks: Clocks = {}
    named: dict[tuple[object, ...], HistoryRecord] = {}
    for record in story.records:
        clock = clocks.get(record.text("clock_id"))
        if clock is None:
            clock = clocks[record.text("clock_id")] = _begin(findings, story, record)
        if clock.unseen:
            continue
        _one_id(findings, named, record)
        for wrong in (*apply(clock, record), *_early(record)):
            findings.wrong(wrong, clock.started, record)
        if record.type == "sla.clock-breached":
            lateness.add(record)
        if due is not None:
            due.look(clock, record)
    return clocks


def _begin(findings: Findings, story: Story, record: HistoryRecord) -> Clock:
    if record.type != "sla.clock-started" and story.carried:
        findings.skip(f"clocks that {CARRIED}")
        return Clock(record, unseen=True)
    findings.case()
    if record.type != "sla.clock-started":
        findings.wrong(f"{record.type} of a clock that never started", record)
        return Clock(record, unseen=True)
    return Clock(record)


def _one_id(findings: Findings, named: dict[tuple[object, ...], HistoryRecord], record: HistoryRecord) -> None:
    name = (record.text("work_item_id"), record.text("metric"), record.number("run"), record.number("tier"))
    first = named.setdefault(name, record)
    if first.text("clock_id") != record.text("clock_id"):
        findings.wrong("two clocks for one item, metric, run and tier", first, record)


def _early(record: HistoryRecord) -> Iterator[str]:
    due_at = record.instant("due_at")
    if record.type == "sla.clock-breached" and due_at is not None and record.at < due_at:
        yield f"breached at {record.at}, due at {due_at}"
    elif record.type in _FIRED and record.number("late_ms") < 0:
        yield f"fired {-record.number('late_ms'):g} ms before it was due"


def _ended(findings: Findings, history: History, clock: Clock) -> None:
    due_at = clock.latest.instant("due_at")
    if clock.unseen or due_at is None:
        return
    findings.case()
    open_still = clock.ended is None and clock.breached is None and not clock.paused
    if open_still and due_at + _SETTLED <= history.facts.settled_at():
        findings.wrong(f"due at {due_at}, and neither breached, met nor cancelled", clock.started, clock.latest)


RULE = Rule("clocks", (SLA.name,), check)
