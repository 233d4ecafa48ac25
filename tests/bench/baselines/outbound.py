"""What is said of one contact? Queued, offered and the agent's new state, with their headers, typed by hand."""

from dataclasses import dataclass
from typing import Final

import orjson

from bellhop_common.ids import event_id, natural_id
from bench.baselines.documents import OFFER_FOR, Moment, Offer, first_contact
from bench.baselines.roster import WEIGHT

SYSTEM: Final = {"kind": "system", "id": "router"}


@dataclass(frozen=True, slots=True)
class Outbound:
    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


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
        "version": offer.agent_version,
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
    name = str(natural_id(f"agent.state/{key}/{offer.agent_version}"))
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
        "first_contact": first_contact(contact),
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
