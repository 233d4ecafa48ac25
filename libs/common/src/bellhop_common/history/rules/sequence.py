"""Do first occurrences count 1, 2, 3… per topic, epoch and key, in the order of the log?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from bellhop_common.events.topics import CATALOGUE
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.stories import CUT
from bellhop_common.history.verdicts import Findings, Verdict

_TOPICS = tuple(topic.name for topic in CATALOGUE if topic.sequenced)
_REMEMBERED = 1_000
"""So many missing numbers of one key are remembered, to tell what came late from what never came."""


@dataclass(slots=True)
class _Mark:
    """The highest sequence seen of one key in one epoch, and what was jumped over to get there."""

    last: HistoryRecord
    highest: int
    missing: dict[int, HistoryRecord] = field(default_factory=dict)


@dataclass(slots=True)
class _Key:
    """`epoch` is the highest one seen of this key."""

    epoch: int = 0
    marks: dict[int, _Mark] = field(default_factory=dict)


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("sequence")
    raised = 0
    streamed = history.stream(Selection(Order.KEY, _TOPICS, bodies=False))
    for _, group in groupby(streamed, key=lambda record: (record.topic, record.key, record.partition)):
        findings.case()
        raised += _one_key(findings, history, group)
    yield findings.verdict(note=f"{raised} keys go on in a raised epoch" if raised else "")


def _one_key(findings: Findings, history: History, records: Iterator[HistoryRecord]) -> int:
    key = _Key()
    for record in records:
        if record.epoch is None or record.sequence is None:
            _nameless(findings, history, record)
            continue
        mark = key.marks.get(record.epoch)
        if mark is None:
            key.marks[record.epoch] = _begin(findings, history, key, record)
        else:
            _go_on(findings, key, mark, record)
    for mark in key.marks.values():
        _never_came(findings, mark)
    return int(len(key.marks) > 1)


def _begin(findings: Findings, history: History, key: _Key, record: HistoryRecord) -> _Mark:
    epoch, sequence = record.epoch or 0, record.sequence or 0
    if epoch < key.epoch:
        findings.wrong(
            f"epoch {epoch} begins after epoch {key.epoch} of the same key", key.marks[key.epoch].last, record
        )
    key.epoch = max(key.epoch, epoch)
    if sequence == 1:
        return _Mark(record, 1)
    if history.facts.cut(record.topic, record.partition):
        findings.skip(CUT)
        return _Mark(record, sequence)
    return _Mark(record, sequence, dict.fromkeys(range(1, min(sequence, _REMEMBERED)), record))


def _go_on(findings: Findings, key: _Key, mark: _Mark, record: HistoryRecord) -> None:
    sequence = record.sequence or 0
    jumped_by = mark.missing.pop(sequence, None)
    if jumped_by is not None:
        findings.wrong(f"sequence {sequence} comes after {jumped_by.sequence}", jumped_by, record)
    if sequence <= mark.highest:
        return
    if (record.epoch or 0) < key.epoch:
        findings.wrong(
            f"epoch {record.epoch} goes on after epoch {key.epoch} of the same key", key.marks[key.epoch].last, record
        )
    jumped = range(mark.highest + 1, sequence)[:_REMEMBERED]
    mark.missing.update(dict.fromkeys(jumped, record))
    mark.last, mark.highest = record, sequence


def _never_came(findings: Findings, mark: _Mark) -> None:
    """One gap is one violation, shown by the record that jumped over it."""
    for jumped_by, numbers in groupby(mark.missing, key=lambda number: mark.missing[number]):
        missing = list(numbers)
        told = str(missing[0]) if len(missing) == 1 else f"{missing[0]} to {missing[-1]}"
        findings.wrong(f"sequence {told} is missing before {jumped_by.sequence}", jumped_by)


def _nameless(findings: Findings, history: History, record: HistoryRecord) -> None:
    origin = f"{history.facts.prefix}.{record.place}"
    if next(history.referring_to(origin), None) is None:
        findings.wrong("a record without epoch and sequence, in no dead-letter topic", record)


RULE = Rule("sequence", (), check)
