"""Is nothing left undone once all is at rest: no offer past its time, no command unanswered, no row waiting?"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from bellhop_common.events.topics import CATALOGUE, NOTICE_COMMAND, WORK, WORK_COMMAND, WORK_REJECTED
from bellhop_common.history.parsing import is_aside
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.stories import stories
from bellhop_common.history.verdicts import Findings, Verdict, not_checked

_ANSWERS = frozenset({"work.offer-accepted", "work.offer-declined", "work.offer-expired", "work.offer-rescinded"})
_COMMANDS = tuple(topic.name for topic in CATALOGUE if topic.name.endswith(".command.v1"))
_ALWAYS_SEEN = frozenset({WORK_COMMAND.name, NOTICE_COMMAND.name})
_SILENT = frozenset({"agent.heartbeat"})


def check(history: History, outside: Outside) -> Iterator[Verdict]:
    if not history.facts.at_rest:
        yield not_checked("rest", "", "--at-rest was not given")
        return
    yield _offers(history)
    yield _commands(history)
    yield _rows(outside)


def _offers(history: History) -> Verdict:
    findings = Findings("rest", "offers")
    for story in stories(history, WORK.name):
        pending: dict[str, HistoryRecord] = {}
        for record in story.records:
            if record.type == "work.offered":
                findings.case()
                pending[record.text("offer_id")] = record
            elif record.type in _ANSWERS:
                pending.pop(record.text("offer_id"), None)
        for offer in pending.values():
            if offer.at + timedelta(seconds=offer.number("timeout_seconds")) < history.facts.read_at:
                findings.wrong("an offer past its time", offer)
    return findings.verdict()


def _commands(history: History) -> Verdict:
    findings = Findings("rest", "commands")
    known = tuple(name for name in _COMMANDS if name in history.facts.extents)
    if known:
        streamed = history.stream(Selection(Order.ID, known))
        for _, group in groupby(streamed, key=lambda record: (record.source, record.id)):
            _one_command(findings, history, next(group))
    return findings.verdict()


def _one_command(findings: Findings, history: History, command: HistoryRecord) -> None:
    """A heartbeat says nothing; a profile or presence that is so already changes nothing."""
    if command.type in _SILENT:
        return
    answered = _has_effect(history, command) or _is_answered(history, command)
    if not answered and command.topic not in _ALWAYS_SEEN:
        findings.skip("commands whose effect may have been there already")
        return
    findings.case()
    if not answered:
        findings.wrong(f"{command.type} has neither an effect nor a rejection", command)


def _has_effect(history: History, command: HistoryRecord) -> bool:
    return any(not is_aside(effect.topic) for effect in history.caused_by(command.id))


def _is_answered(history: History, command: HistoryRecord) -> bool:
    """Rejected, or set aside for a person to look at."""
    rejected = history.referring_to(command.reference or "")
    if any(one.topic == WORK_REJECTED.name for one in rejected):
        return True
    return next(history.referring_to(f"{history.facts.prefix}.{command.place}"), None) is not None


def _rows(outside: Outside) -> Verdict:
    if outside.leftovers is None:
        return not_checked("rest", "rows", "--postgres was not given")
    findings = Findings("rest", "rows")
    for left in outside.leftovers:
        findings.case()
        if left.rows:
            findings.wrong(f"{left.rows} rows are left in {left.table}")
    return findings.verdict()


RULE = Rule("rest", (), check)
