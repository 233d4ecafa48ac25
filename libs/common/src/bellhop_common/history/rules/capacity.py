"""Is each agent's load what the desk's order adds up to, and within capacity unless a person said otherwise?"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bellhop_common.events.topics import WORK
from bellhop_common.history.ports import History, Order, Outside, Rule, Selection
from bellhop_common.history.records import HistoryRecord, part, text, whole
from bellhop_common.history.rules.desk_start import CutDesks, Era
from bellhop_common.history.verdicts import Findings, Verdict

_PEOPLE = frozenset({"agent", "supervisor"})
_OFFER_ENDS = frozenset({"work.offer-declined", "work.offer-expired", "work.offer-rescinded"})


@dataclass(frozen=True, slots=True)
class _Claim:
    """What an offer or assignment takes of its agent; nothing while pended or set aside."""

    weight: int
    pended: bool = False
    aside: bool = False

    @property
    def taken(self) -> int:
        return 0 if self.pended or self.aside else self.weight


_NOTHING = _Claim(0)


@dataclass(slots=True)
class _Desk:
    """Accounts of the agents of one desk in one epoch. Claims that end are forgotten."""

    used: dict[str, int] = field(default_factory=dict)
    claims: dict[str, _Claim] = field(default_factory=dict)


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("capacity")
    cut = CutDesks(history)
    desk = _Desk()
    current: Era = (None, None)
    for record in history.stream(Selection(Order.DESK, (WORK.name,))):
        if (record.desk, record.epoch) != current:
            desk, current = _Desk(), (record.desk, record.epoch)
        _manual(findings, record)
        _account(findings, desk, record, cut)
    yield findings.verdict()


def _manual(findings: Findings, record: HistoryRecord) -> None:
    kind = text(part(record.body, "actor"), "kind")
    if record.on("manual") and kind not in _PEOPLE:
        findings.wrong(f"manual, but its actor is {kind or 'nobody'}, no agent or supervisor", record)


def _account(findings: Findings, desk: _Desk, record: HistoryRecord, cut: CutDesks) -> None:
    change = _change(desk.claims, record)
    stated = part(record.body, "agent")
    name, before, after = text(stated, "id"), whole(stated, "used_before"), whole(stated, "used_after")
    if before is None or after is None:
        if change:
            findings.wrong(f"{record.type} changes a load by {change} and does not say so", record)
        return
    known = desk.used.get(name, 0 if cut.whole(record) else None)
    desk.used[name] = after
    if known is None or not cut.unbroken(record):
        findings.skip("loads stated before the account is complete")
        return
    findings.case()
    _agrees(findings, record, (before, after), (known, after if change is None else known + change))
    _fits(findings, record, before, after)


def _agrees(findings: Findings, record: HistoryRecord, stated: tuple[int, int], computed: tuple[int, int]) -> None:
    if stated != computed:
        told = f"{stated[0]} → {stated[1]}, computed {computed[0]} → {computed[1]}"
        findings.wrong(f"load of {text(part(record.body, 'agent'), 'id')} stated as {told}", record)


def _fits(findings: Findings, record: HistoryRecord, before: int, after: int) -> None:
    capacity = whole(part(record.body, "agent"), "capacity")
    if capacity is None:
        findings.wrong("a load without the capacity in force", record)
    elif after > before and after > capacity and not record.on("manual"):
        findings.wrong(f"load raised to {after} above the capacity of {capacity}, and not by hand", record)


def _change(claims: dict[str, _Claim], record: HistoryRecord) -> int | None:
    """By how much this event changes its agent's load. None: it ends or pauses a claim that began unseen."""
    weight = int(record.number("weight"))
    match record.type:
        case "work.offered":
            claims[record.text("offer_id")] = _Claim(weight)
            return weight
        case "work.assigned":
            return _assigned(claims, record, weight)
        case kind if kind in _OFFER_ENDS:
            return _freed(claims.pop(record.text("offer_id"), None))
        case "work.assignment-ended":
            return _freed(claims.pop(record.text("assignment_id"), None))
        case _:
            return _paused(claims, record)


def _assigned(claims: dict[str, _Claim], record: HistoryRecord, weight: int) -> int | None:
    """After an offer its weight is taken already."""
    offer_id = record.text("offer_id")
    offer = claims.pop(offer_id, None)
    claims[record.text("assignment_id")] = _Claim(weight)
    if offer is not None:
        return weight - offer.taken
    return None if offer_id else weight


def _freed(claim: _Claim | None) -> int | None:
    return None if claim is None else -claim.taken


def _paused(claims: dict[str, _Claim], record: HistoryRecord) -> int | None:
    name = record.text("assignment_id")
    claim = claims.get(name)
    match record.type:
        case "work.pended" | "work.resumed":
            after = replace(claim or _NOTHING, pended=record.type == "work.pended")
        case "work.set-aside" | "work.continued":
            after = replace(claim or _NOTHING, aside=record.type == "work.set-aside")
        case _:
            return 0
    if claim is None:
        return None
    claims[name] = after
    return after.taken - claim.taken


RULE = Rule("capacity", (WORK.name,), check)
