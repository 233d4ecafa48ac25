"""Does each notice end exactly once, is a greeting sent once a year, and did the mails arrive that were sent?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from bellhop_common.events.topics import NOTICE
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.rules import notice_greetings, notice_mails
from bellhop_common.history.verdicts import Findings, Verdict

_ENDS = frozenset({"notice.sent", "notice.failed", "notice.suppressed", "notice.expired", "notice.cancelled"})
_AFTER_SENT = frozenset({"notice.delivered", "notice.bounced"})


@dataclass(slots=True)
class _Notice:
    first: HistoryRecord
    due_at: datetime | None = None
    ended: HistoryRecord | None = None
    seen: set[str] = field(default_factory=set)


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("notices", "life")
    streamed = history.stream(Selection(Order.SUBJECT, (NOTICE.name,)))
    for _, group in groupby(streamed, key=lambda record: (record.subject, record.epoch)):
        _one_notice(findings, history, sorted(group, key=lambda record: (record.sequence or 0, record.offset)))
    yield findings.verdict()
    yield notice_greetings.check(history)
    yield notice_mails.check(history)


def _one_notice(findings: Findings, history: History, records: list[HistoryRecord]) -> None:
    """All events of a notice have one key, so that their sequence is its order."""
    first = records[0]
    if first.type != "notice.scheduled" and (history.facts.cut(NOTICE.name, first.partition) or (first.epoch or 1) > 1):
        findings.skip("notices that were scheduled before the log begins")
        return
    findings.case()
    notice = _Notice(first)
    if first.type != "notice.scheduled":
        findings.wrong(f"{first.type} of a notice that was never scheduled", first)
    for record in records:
        if record.id not in notice.seen:
            notice.seen.add(record.id)
            for wrong in _step(notice, record):
                findings.wrong(wrong, first, record)
    _in_the_end(findings, history, notice)


def _step(notice: _Notice, record: HistoryRecord) -> Iterator[str]:
    match record.type:
        case "notice.scheduled":
            if record is not notice.first:
                yield "scheduled twice"
            notice.due_at = record.instant("due_at")
        case "notice.deferred":
            if notice.ended is not None:
                yield f"deferred after {notice.ended.type}"
            notice.due_at = record.instant("until") or notice.due_at
        case kind if kind in _ENDS:
            if notice.ended is not None:
                yield f"{kind} after {notice.ended.type}: two ends of one notice"
            notice.ended = notice.ended or record
        case kind if kind in _AFTER_SENT:
            if notice.ended is None or notice.ended.type != "notice.sent":
                yield f"{kind} of a notice that was not sent"
        case _:
            pass


def _in_the_end(findings: Findings, history: History, notice: _Notice) -> None:
    if notice.ended is None and notice.due_at is not None and notice.due_at < history.facts.settled_at():
        findings.wrong(f"due at {notice.due_at}, and neither sent nor given up", notice.first)


RULE = Rule("notices", (NOTICE.name,), check)
