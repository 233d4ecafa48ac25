"""Was each decision right by what was known: the agent's skills, channels, tier and presence, and the item's age?"""

from collections.abc import Iterator
from datetime import datetime

from bellhop_common.events.topics import AGENT, WORK
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord, names, number, part
from bellhop_common.history.rules.agent_states import AgentStates
from bellhop_common.history.verdicts import Findings, Verdict, not_checked

_WAIT_TOLERANCE = 0.5
"""Seconds between the instant a core decided at and the one the kernel stamped."""

_TYPES = (
    *("agent.state", "work.queued", "work.offered", "work.assigned"),
    *("work.abandoned", "work.resolved", "work.merged"),
)
_ENDS = frozenset({"work.abandoned", "work.resolved", "work.merged"})


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    fit, age = Findings("decision", "fit"), Findings("decision", "age")
    states = AgentStates(history)
    queued: dict[str, HistoryRecord] = {}
    for record in history.stream(Selection(Order.DESK, (AGENT.name, WORK.name), _TYPES)):
        item = record.text("work_item_id")
        if record.type == "agent.state":
            states.learn(record)
        elif record.type == "work.queued":
            queued[item] = _in_short(record)
        else:
            _fit(fit, states, queued.get(item), record)
            _age(age, queued.get(item), record)
        if record.type in _ENDS:
            queued.pop(item, None)
    known = AGENT.name in history.facts.extents
    yield fit.verdict() if known else not_checked("decision", "fit", f"topic {AGENT.name} does not exist")
    yield age.verdict()


def _in_short(queued: HistoryRecord) -> HistoryRecord:
    """Many items may wait at one moment; of each only what decisions are judged by is kept."""
    return queued._replace(body={name: queued.body.get(name) for name in ("required", "queued_at")})


def _fit(findings: Findings, states: AgentStates, queued: HistoryRecord | None, record: HistoryRecord) -> None:
    """A person may choose whom they like, and an assignment after an offer was decided with the offer."""
    if record.type in _ENDS or record.on("manual") or (record.type == "work.assigned" and record.text("offer_id")):
        return
    if queued is None:
        findings.skip("decisions on items that were queued before the log begins")
        return
    agent_id = record.text("agent_id")
    possible = states.possible(record, agent_id)
    if states.cut(record, agent_id):
        findings.skip("decisions whose agent's state was compacted away")
        return
    findings.case()
    if not possible:
        findings.wrong(f"{agent_id} was chosen, of whom nothing was known", record)
        return
    reasons = [_unfit(state, queued, record) for state in possible]
    if all(reasons):
        findings.wrong(f"{agent_id} was chosen, but {reasons[-1]}", possible[-1], queued, record)


def _unfit(state: HistoryRecord, queued: HistoryRecord, record: HistoryRecord) -> str:
    if state.text("presence") != "available":
        return f"is {state.text('presence')}"
    if record.text("channel") not in names(state.body, "channels"):
        return f"does not handle {record.text('channel')}"
    if state.number("tier") < record.number("tier"):
        return f"is in tier {state.number('tier'):g}, below {record.number('tier'):g}"
    lacking = [need for need in names(queued.body, "required") if not _has(state, need)]
    return f"lacks {', '.join(lacking)}" if lacking else ""


def _has(state: HistoryRecord, need: str) -> bool:
    """A need is a skill or language, with the least level after a colon unless that is 1."""
    name, _, level = need.partition(":")
    levels = (number(part(state.body, kind), name) or 0 for kind in ("skills", "languages"))
    return max(levels) >= (int(level) if level.isdigit() else 1)


def _age(findings: Findings, queued: HistoryRecord | None, record: HistoryRecord) -> None:
    """Requeue, transfer and escalation never move `queued_at`; the wait counts from there."""
    if record.type not in {"work.offered", "work.assigned", "work.abandoned"}:
        return
    since = None if queued is None else queued.instant("queued_at")
    if queued is None or since is None:
        findings.skip("items that were queued before the log begins")
        return
    findings.case()
    stated = record.instant("queued_at")
    if record.type != "work.abandoned" and stated != since:
        findings.wrong(f"queued_at moved from {since} to {stated}", queued, record)
        return
    _wait(findings, since, queued, record)


def _wait(findings: Findings, since: datetime, queued: HistoryRecord, record: HistoryRecord) -> None:
    waited = (record.at - since).total_seconds()
    if abs(waited - record.number("waited_seconds")) > _WAIT_TOLERANCE:
        findings.wrong(f"waited_seconds is {record.number('waited_seconds'):g}, it waited {waited:g}", queued, record)


RULE = Rule("decision", (WORK.name,), check)
