"""Do assignments begin, pause and end in pairs? Each function tells what is wrong, or nothing."""

from bellhop_common.history.items import Item, Step
from bellhop_common.history.records import HistoryRecord

RIGHT = ""


def hold(item: Item, record: HistoryRecord) -> str:
    offer_id, offer = record.text("offer_id"), item.offer
    name, agent_id = record.text("assignment_id"), record.text("agent_id")
    already = name in item.holders
    item.holders[name] = agent_id
    if already:
        return "an assignment begins twice"
    if item.step is not Step.ACCEPTED:
        return "assigned by an offer that was not accepted" if offer_id else RIGHT
    if offer is None or offer.text("offer_id") != offer_id:
        return "assigned, but not by the offer that was accepted"
    if offer.text("agent_id") != agent_id:
        return f"assigned to {agent_id}, accepted by {offer.text('agent_id')}"
    return RIGHT


def let_go(item: Item, record: HistoryRecord) -> str:
    name = record.text("assignment_id")
    item.pended.discard(name)
    item.aside.discard(name)
    return RIGHT if item.holders.pop(name, None) is not None else "the end of an assignment that isn't open"


def pause(item: Item, paused: set[str], record: HistoryRecord, *, on: bool) -> str:
    name = record.text("assignment_id")
    if name not in item.holders:
        return f"{record.type} of an assignment that isn't open"
    right = (name in paused) is not on
    if on:
        paused.add(name)
    else:
        paused.discard(name)
    return RIGHT if right else f"{record.type} twice"
