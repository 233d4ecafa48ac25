"""Has a work item at most one live claim, and a conversation at most one open item?"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bellhop_common.events.topics import WORK
from bellhop_common.history.ports import History, Outside, Rule
from bellhop_common.history.records import HistoryRecord
from bellhop_common.history.stories import CUT, Story, stories
from bellhop_common.history.verdicts import Findings, Verdict

_OFFER_ENDS = frozenset({"work.offer-declined", "work.offer-expired", "work.offer-rescinded"})
_ITEM_ENDS = frozenset({"work.abandoned", "work.resolved", "work.merged"})


@dataclass(slots=True)
class _Claims:
    """The live ones of a conversation: claim → its first record, by item; and the open items."""

    of_item: dict[str, dict[str, HistoryRecord]] = field(default_factory=dict)
    open: dict[str, HistoryRecord] = field(default_factory=dict)


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("one live claim")
    for story in stories(history, WORK.name):
        if story.whole:
            _one_conversation(findings, story)
        else:
            findings.skip(f"conversations {CUT}")
    yield findings.verdict()


def _one_conversation(findings: Findings, story: Story) -> None:
    claims = _Claims()
    for record in story.records:
        _items(findings, claims, record)
        _claim(findings, claims.of_item.setdefault(record.text("work_item_id"), {}), record)


def _items(findings: Findings, claims: _Claims, record: HistoryRecord) -> None:
    name = record.text("work_item_id")
    if record.type == "work.queued":
        others = [opened for other, opened in claims.open.items() if other != name]
        if others:
            findings.wrong("a second open item in one conversation", *others, record)
        claims.open.setdefault(name, record)
    elif record.type in _ITEM_ENDS:
        claims.open.pop(name, None)


def _claim(findings: Findings, live: dict[str, HistoryRecord], record: HistoryRecord) -> None:
    if record.type == "work.offered":
        _one_more(findings, live, record.text("offer_id"), record)
    elif record.type == "work.assigned":
        live.pop(record.text("offer_id"), None)
        _one_more(findings, live, record.text("assignment_id"), record)
    elif record.type in _OFFER_ENDS:
        live.pop(record.text("offer_id"), None)
    elif record.type == "work.assignment-ended":
        live.pop(record.text("assignment_id"), None)


def _one_more(findings: Findings, live: dict[str, HistoryRecord], claim: str, record: HistoryRecord) -> None:
    findings.case()
    if live and not record.on("manual"):
        findings.wrong("a second live claim on one item", *live.values(), record)
    live[claim] = record


RULE = Rule("one live claim", (WORK.name,), check)
