"""Was any person greeted twice for one occasion in one year, counting customers that were merged as one?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bellhop_common.events.topics import CUSTOMER_STATE, NOTICE
from bellhop_common.history.ports import ON_THEIR_WAY, History, Order, Selection
from bellhop_common.history.records import HistoryRecord, part, text
from bellhop_common.history.verdicts import Findings, Verdict

_HALF_A_YEAR = timedelta(days=183)
"""A zone or a window may move a greeting over the turn of a UTC year, never by months."""


@dataclass(frozen=True, slots=True)
class _Merge:
    into: str
    at: datetime


Sent = dict[tuple[str, str], list[HistoryRecord]]


def check(history: History) -> Verdict:
    """Greetings are few beside everything else: those sent are kept, by person and occasion."""
    findings = Findings("notices", "greetings")
    merges = _merges(history)
    sent: Sent = {}
    seen: set[str] = set()
    for record in history.stream(Selection(Order.PLACE, (NOTICE.name,), ("notice.sent",))):
        if record.text("occasion") and record.id not in seen:
            seen.add(record.id)
            _one_greeting(findings, merges, sent, record)
    return findings.verdict()


def _one_greeting(findings: Findings, merges: dict[str, _Merge], sent: Sent, record: HistoryRecord) -> None:
    person = _person(record)
    same = sent.setdefault((_survivor(merges, person), record.text("occasion")), [])
    findings.case()
    for other in same:
        if abs(_due_at(other) - _due_at(record)) < _HALF_A_YEAR:
            _twice(findings, merges, other, record)
    same.append(record)


def _twice(findings: Findings, merges: dict[str, _Merge], one: HistoryRecord, other: HistoryRecord) -> None:
    """Before their merge two customers are two people to everybody."""
    merged_at = [merges[name].at for name in (_person(one), _person(other)) if name in merges]
    if _person(one) != _person(other) and max(one.at, other.at) < max(merged_at) + ON_THEIR_WAY:
        findings.skip("greetings to customers who were merged only afterwards")
        return
    findings.wrong(f"{other.text('occasion')} greeting sent twice to one person in one year", one, other)


def _person(record: HistoryRecord) -> str:
    return text(part(record.body, "recipient"), "id")


def _due_at(record: HistoryRecord) -> datetime:
    return record.instant("due_at") or record.at


def _merges(history: History) -> dict[str, _Merge]:
    streamed = history.stream(Selection(Order.PLACE, (CUSTOMER_STATE.name,), ("customer.state",)))
    return {
        record.text("customer_id"): _Merge(record.text("merged_into"), record.at)
        for record in streamed
        if record.text("status") == "merged"
    }


def _survivor(merges: dict[str, _Merge], person: str) -> str:
    seen: set[str] = set()
    while person in merges and person not in seen:
        seen.add(person)
        person = merges[person].into
    return person
