"""Does each work item live a life that the table allows, step by step?"""

from collections.abc import Iterator
from datetime import timedelta

from bellhop_common.events.topics import WORK, WORK_COMMAND
from bellhop_common.history.items import ELSEWHERE, MOVES, Item, Step
from bellhop_common.history.ports import History, Outside, Rule
from bellhop_common.history.records import HistoryRecord, part, text
from bellhop_common.history.rules.item_claims import hold, let_go, pause
from bellhop_common.history.stories import CARRIED, CUT, Story, stories
from bellhop_common.history.verdicts import Findings, Verdict

_FIRST = frozenset({"work.queued", "work.reopened"})
_ANSWERS = frozenset({"work.offer-accepted", "work.offer-declined", "work.offer-expired", "work.offer-rescinded"})
_BY_AGENT = frozenset({"work.offer-accepted", "work.offer-declined"})


def check(history: History, _outside: Outside) -> Iterator[Verdict]:
    findings = Findings("item machine")
    for story in stories(history, WORK.name):
        if story.whole:
            _one_conversation(findings, history, story)
        else:
            findings.skip(f"conversations {CUT}")
    yield findings.verdict()


def _one_conversation(findings: Findings, history: History, story: Story) -> None:
    items: dict[str, Item] = {}
    latest: Item | None = None
    for record in story.records:
        name = record.text("work_item_id")
        item = items.get(name)
        if item is None:
            item = items[name] = _begin(findings, story, record, latest)
            latest = item
        if item.step is not Step.UNKNOWN:
            _previous_has_ended(findings, items, record, story)
            _step(findings, item, record)
            _in_time(findings, history, item, record)


def _begin(findings: Findings, story: Story, record: HistoryRecord, latest: Item | None) -> Item:
    cycle = int(record.number("cycle"))
    if record.type not in _FIRST and story.carried:
        findings.skip(f"work items {CARRIED}")
        return Item(Step.UNKNOWN, cycle)
    findings.case()
    if record.type not in _FIRST:
        findings.wrong(f"{record.type} of an item that was never queued", record)
        return Item(Step.UNKNOWN, cycle)
    if latest is not None and latest.cycle is not None and cycle != latest.cycle + 1:
        findings.wrong(f"a further item of cycle {cycle}, expected {latest.cycle + 1}", record)
    return Item(cycle=cycle)


def _previous_has_ended(findings: Findings, items: dict[str, Item], record: HistoryRecord, story: Story) -> None:
    if record.type != "work.reopened":
        return
    previous = items.get(record.text("previous_work_item_id"))
    if previous is None and story.carried:
        return
    if previous is None or previous.step not in {Step.ENDED, Step.UNKNOWN}:
        findings.wrong("reopened, but the item before it has not ended", record)


def _step(findings: Findings, item: Item, record: HistoryRecord) -> None:
    """A step that isn't allowed is told once; then the life goes on from where the event says it is."""
    move = MOVES.get(record.type, ELSEWHERE)
    by_hand = record.type == "work.assigned" and record.on("manual") and item.step is Step.ASSIGNED
    if item.step not in move.from_steps and not by_hand:
        findings.wrong(_no_such_step(item, record), *_shown_by(item, record))
    _answer(findings, item, record)
    _claims(findings, item, record)
    item.step = move.to or item.step
    if record.type == "work.assignment-ended" and item.step is Step.ASSIGNED and not item.holders:
        item.step = Step.RETURNED


def _no_such_step(item: Item, record: HistoryRecord) -> str:
    if item.step in {Step.OFFERED, Step.ACCEPTED} and record.type not in _ANSWERS:
        return f"{record.type} while an offer is live: it is rescinded first"
    return f"{record.type} of an item that is {item.step}"


def _shown_by(item: Item, record: HistoryRecord) -> tuple[HistoryRecord, ...]:
    return (record,) if item.offer is None else (item.offer, record)


def _answer(findings: Findings, item: Item, record: HistoryRecord) -> None:
    if record.type == "work.offered":
        item.offer = record
    if record.type not in _ANSWERS:
        return
    offer, offer_id = item.offer, record.text("offer_id")
    if offer_id in item.ended_offers:
        findings.wrong("two ends of one offer", *_shown_by(item, record))
    elif offer is None or offer.text("offer_id") != offer_id:
        findings.wrong(f"{record.type} of an offer that isn't pending", *_shown_by(item, record))
    elif _answerer(record) != offer.text("agent_id"):
        findings.wrong(f"{record.type} by {_answerer(record)}, offered to {offer.text('agent_id')}", offer, record)
    item.ended_offers.add(offer_id)


def _answerer(record: HistoryRecord) -> str:
    actor = part(record.body, "actor")
    by_agent = record.type in _BY_AGENT and text(actor, "kind") == "agent"
    return text(actor, "id") if by_agent else record.text("agent_id")


def _claims(findings: Findings, item: Item, record: HistoryRecord) -> None:
    match record.type:
        case "work.assigned":
            wrong = hold(item, record)
        case "work.assignment-ended":
            wrong = let_go(item, record)
        case "work.pended" | "work.resumed":
            wrong = pause(item, item.pended, record, on=record.type == "work.pended")
        case "work.set-aside" | "work.continued":
            wrong = pause(item, item.aside, record, on=record.type == "work.set-aside")
        case _:
            return
    if wrong:
        findings.wrong(wrong, record)


def _in_time(findings: Findings, history: History, item: Item, record: HistoryRecord) -> None:
    """An accept is judged by its own append time; one that came by HTTP is on no topic."""
    if record.type != "work.offer-accepted" or item.offer is None or record.cause is None:
        return
    command = history.with_id(record.cause)
    if command is None or command.topic != WORK_COMMAND.name:
        return
    expiry = item.offer.at + timedelta(seconds=item.offer.number("timeout_seconds"))
    if command.appended_at > expiry:
        findings.wrong(
            "an accept that was appended after the offer's expiry still assigns", item.offer, command, record
        )


RULE = Rule("item machine", (WORK.name,), check)
