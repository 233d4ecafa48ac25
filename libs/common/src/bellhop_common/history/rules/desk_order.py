"""Does (desk, desk_seq, ordinal) order all work of a desk, rising with each conversation's sequence?"""

from collections.abc import Iterator

from bellhop_common.events.topics import WORK
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.stories import Story, stories
from bellhop_common.history.verdicts import Findings, Verdict


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("desk order")
    _unique(findings, history.stream(Selection(Order.DESK, (WORK.name,), bodies=False)))
    for story in stories(history, WORK.name, bodies=False):
        _rising(findings, story)
    yield findings.verdict()


def _unique(findings: Findings, records: Iterator[HistoryRecord]) -> None:
    last: HistoryRecord | None = None
    for record in records:
        findings.case()
        if last is not None and _position(last) == _position(record):
            findings.wrong(f"{record.desk} has two events at {record.desk_seq}.{record.ordinal}", last, record)
        last = record


def _position(record: HistoryRecord) -> tuple[object, ...]:
    return (record.desk, record.epoch, record.desk_seq, record.ordinal)


def _rising(findings: Findings, story: Story) -> None:
    last: HistoryRecord | None = None
    for record in story.records:
        if record.desk is None or record.desk_seq is None or record.ordinal is None:
            findings.wrong("an event of a desk without desk, desk_seq or ordinal", record)
            continue
        if last is not None:
            _after(findings, last, record)
        last = record


def _after(findings: Findings, last: HistoryRecord, record: HistoryRecord) -> None:
    if last.desk != record.desk:
        findings.wrong(f"conversation {record.key} moves from desk {last.desk} to {record.desk}", last, record)
    elif (record.desk_seq or 0, record.ordinal or 0) < (last.desk_seq or 0, last.ordinal or 0):
        findings.wrong(
            f"sequence {record.sequence} at {record.desk_seq}.{record.ordinal} follows "
            f"{last.sequence} at {last.desk_seq}.{last.ordinal}",
            last,
            record,
        )


RULE = Rule("desk order", (WORK.name,), check)
