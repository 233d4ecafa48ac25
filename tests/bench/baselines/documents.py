"""What is written of one contact? The document, the three events and their headers, as dictionaries typed by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from bellhop_common.events.contacts import ContactReceived
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import event_id, natural_id
from bench.baselines.roster import WEIGHT, Agent

OFFER_FOR: Final = timedelta(hours=4)
PREFER_FOR: Final = timedelta(minutes=10)
SYSTEM: Final = {"kind": "system", "id": "router"}


class Arrived(ContactReceived):
    """With its stamp."""

    desk: str
    epoch: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What was decided about one contact. `considered` is the score of the winner and the one behind."""

    contact: Arrived
    item_id: str
    offer_id: str
    queue: str
    priority: int
    rule: str
    agent: Agent
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


@dataclass(frozen=True, slots=True)
class Outbound:
    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def route(contact: Arrived) -> tuple[str, int, str]:
    """Queue, priority and rule, as the desk file has it."""
    if "refund" in contact.triage.flags or "refund" in (contact.subject or ""):
        return "billing", 60, "refunds"
    if contact.customer.vip:
        return "front", 80, "big-customers"
    return "front", 50, "default"


def item(offer: Offer, moment: Moment) -> bytes:
    contact, at = offer.contact, moment.text
    best = {"score": 1.0, "agent_id": offer.agent.id}
    document: dict[str, Any] = {
        "id": offer.item_id,
        "conversation_id": str(contact.conversation_id),
        "cycle": 1,
        "origin": {
            "kind": "contact",
            "channel": contact.channel.value,
            "customer": {"vip": contact.customer.vip, "locale": contact.customer.locale, "segment": None},
            "reference": contact.reference,
            "customer_id": str(contact.customer.id),
            "entry_point": contact.entry_point,
            "reply_route": contact.reply_route.model_dump(mode="json"),
            "first_contact": _first(contact),
        },
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
        "required": [],
        "optional": [{"level": 1, "skill": "en"}],
        "boost": 0,
        "prefer": None,
        "prefer_until": rfc3339(moment.at + PREFER_FOR),
        "offers": 1,
        "turned_down": 0,
        "declined": {},
        "involved": [],
        "replies": [],
        "promises": [],
        "flags": [],
        "decisions": [
            {
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
        ],
    }
    return orjson.dumps(document)


def events(prefix: str, offer: Offer, moment: Moment, ordinal: int) -> list[Outbound]:
    """Queued, offered, and the agent's new state."""
    key = str(offer.contact.conversation_id)
    bodies = (("work.queued", _queued(offer, moment)), ("work.offered", _offered(offer, moment)))
    found = []
    for place, (kind, body) in enumerate(bodies):
        topic = f"{prefix}.work.v1"
        stamp = {"epoch": 1, "sequence": place + 1, **_stamp(offer, moment), "ordinal": ordinal + place}
        name = str(event_id(topic, 1, key, place + 1))
        value = orjson.dumps({**body, **stamp})
        found.append(Outbound(topic, key.encode(), value, _headers((name, kind, key, offer.cause), moment)))
    return [*found, _agent_event(prefix, offer, moment, ordinal + 2)]


def _agent_event(prefix: str, offer: Offer, moment: Moment, ordinal: int) -> Outbound:
    body = offer.agent.body
    profile, used = body["profile"], offer.used_before + WEIGHT
    state = {
        **{name: profile[name] for name in ("display_name", "public_name", "team", "tier", "skills", "languages")},
        "channels": profile["channels"],
        "capacity": profile["capacity"],
        "notify": {"email": profile["email"], "chat": profile["chat"]},
        "phone": profile["phone"],
        "version": body["version"],
        "agent_id": offer.agent.id,
        **{name: body[name] for name in ("presence", "reason", "since")},
        "used": used,
        "spare": offer.agent.capacity - used,
        "per_channel": {"email": used // WEIGHT},
        "lease_until": body["lease_until"],
        **_stamp(offer, moment),
        "ordinal": ordinal,
    }
    key = offer.agent.id
    name = str(natural_id(f"agent.state/{key}/{body['version']}"))
    headers = _headers((name, "agent.state", key, offer.cause), moment)
    return Outbound(f"{prefix}.agent.v1", key.encode(), orjson.dumps(state), headers)


def _about(offer: Offer) -> dict[str, object]:
    contact = offer.contact
    return {
        "work_item_id": offer.item_id,
        "conversation_id": str(contact.conversation_id),
        "customer_id": str(contact.customer.id),
        "queue": offer.queue,
        "tier": 1,
        "team": None,
        "channel": contact.channel.value,
        "priority": offer.priority,
        "cycle": 1,
        "actor": SYSTEM,
    }


def _queued(offer: Offer, moment: Moment) -> dict[str, object]:
    contact = offer.contact
    return {
        **_about(offer),
        "first_contact": _first(contact),
        "entry_point": contact.entry_point,
        "reply_route": contact.reply_route.model_dump(mode="json"),
        "kind": "contact",
        "reference": contact.reference,
        "rule": offer.rule,
        "customer": {"vip": contact.customer.vip, "segment": None, "locale": contact.customer.locale},
        "required": [],
        "optional": ["en"],
        "queued_at": moment.text,
    }


def _offered(offer: Offer, moment: Moment) -> dict[str, object]:
    load = {"id": offer.agent.id, "used_before": offer.used_before, "used_after": offer.used_before + WEIGHT}
    return {
        **_about(offer),
        "offer_id": offer.offer_id,
        "agent_id": offer.agent.id,
        "agent": {**load, "capacity": offer.agent.capacity},
        "weight": WEIGHT,
        "manual": False,
        "queued_at": moment.text,
        "decision": {"rule": offer.rule, "strategy": "longest_idle", "considered": 2, "excluded": {}},
        "relaxation_step": 0,
        "waited_seconds": 0.0,
        "timeout_seconds": OFFER_FOR.total_seconds(),
    }


def _stamp(offer: Offer, moment: Moment) -> dict[str, object]:
    return {"at": moment.text, "desk": offer.contact.desk, "desk_version": 1, "desk_seq": moment.desk_seq}


def _first(contact: Arrived) -> dict[str, str]:
    return {"contact_id": str(contact.contact_id), "received_at": rfc3339(contact.received_at)}


def _headers(named: tuple[str, str, str, str], moment: Moment) -> list[tuple[str, bytes]]:
    name, kind, key, cause = named
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", name.encode()),
        ("ce_source", b"bellhop/router"),
        ("ce_type", f"support.{kind}.v1".encode()),
        ("ce_subject", key.encode()),
        ("ce_time", moment.text.encode()),
        ("ce_dataschema", f"support.{kind}.v1.json".encode()),
        ("ce_causationid", cause.encode()),
        ("content-type", b"application/json"),
    ]
