"""What is decided about one contact, and what is kept of it? The offer, and the item's document, typed by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson

from bellhop_common.events.contacts import ContactReceived
from bellhop_common.events.wire import rfc3339
from bench.baselines.roster import WEIGHT, Agent

OFFER_FOR: Final = timedelta(hours=4)
PREFER_FOR: Final = timedelta(minutes=10)


class Arrived(ContactReceived):
    """With its stamp."""

    desk: str
    epoch: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Offer:
    """`used_before` is the agent's load without it, `cause` the id of the contact's event."""

    contact: Arrived
    item_id: str
    offer_id: str
    queue: str
    priority: int
    rule: str
    agent: Agent
    agent_version: int
    used_before: int
    cause: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One transaction's time, and its place in the desk's order."""

    at: datetime
    desk_seq: int

    @property
    def text(self) -> str:
        return rfc3339(self.at)


def route(contact: Arrived) -> tuple[str, int, str]:
    """Queue, priority and rule, as the desk file has it."""
    if "refund" in contact.triage.flags or "refund" in (contact.subject or ""):
        return "billing", 60, "refunds"
    if contact.customer.vip:
        return "front", 80, "big-customers"
    return "front", 50, "default"


def item(offer: Offer, moment: Moment) -> bytes:
    contact, at = offer.contact, moment.text
    return orjson.dumps(
        {
            "id": offer.item_id,
            "conversation_id": str(contact.conversation_id),
            "cycle": 1,
            "origin": _origin(contact),
            "queue": offer.queue,
            "tier": 1,
            "priority": offer.priority,
            "rule": offer.rule,
            "queued_at": at,
            "weight": WEIGHT,
            "step": {
                "step": "offered",
                "made_at": at,
                "agent_id": offer.agent.id,
                "offer_id": offer.offer_id,
                "expires_at": rfc3339(moment.at + OFFER_FOR),
            },
            "optional": [{"level": 1, "skill": "en"}],
            "boost": 0,
            "prefer": None,
            "prefer_until": rfc3339(moment.at + PREFER_FOR),
            "offers": 1,
            "turned_down": 0,
            "declined": {},
            **{name: [] for name in ("required", "involved", "replies", "promises", "flags")},
            "decisions": [_decision(offer, at)],
        }
    )


def _origin(contact: Arrived) -> dict[str, object]:
    return {
        "kind": "contact",
        "channel": contact.channel.value,
        "customer": {"vip": contact.customer.vip, "locale": contact.customer.locale, "segment": None},
        "reference": contact.reference,
        "customer_id": str(contact.customer.id),
        "entry_point": contact.entry_point,
        "reply_route": contact.reply_route.model_dump(mode="json"),
        "first_contact": first_contact(contact),
    }


def _decision(offer: Offer, at: str) -> dict[str, object]:
    best = {"score": 1.0, "agent_id": offer.agent.id}
    return {
        "at": at,
        "version": 1,
        "rule": offer.rule,
        "queue": offer.queue,
        "tier": 1,
        "strategy": "longest_idle",
        "considered": 2,
        "excluded": {},
        "winner": best,
        "runner_up": best,
        "because": "",
    }


def first_contact(contact: Arrived) -> dict[str, str]:
    return {"contact_id": str(contact.contact_id), "received_at": rfc3339(contact.received_at)}
