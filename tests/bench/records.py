"""What do the measured services read? Records as ingest and agents' programs would write them, the same every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from bellhop_common.events import topics
from bellhop_common.events.envelope import Envelope, Headers
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import event_id, natural_id
from bench.desks import SHOP, SOURCE, Plan, door_of, shop_of

TEXT: Final = (
    "Hello, the blue kettle that I ordered last week has arrived, but its lid doesn't close any more once the water "
    "has boiled. I have tried to take it off and to put it on again, as your leaflet says, and it went well twice. "
    "Could you tell me whether I should send it back, or whether you can send me a new lid? Kind regards, Ana"
)


@dataclass(frozen=True, slots=True)
class Written:
    topic: str
    key: bytes
    value: bytes
    headers: Headers


def conversation(prefix: str, number: int) -> UUID:
    return natural_id("bench", prefix, str(number))


def contact(prefix: str, plan: Plan, number: int, now: datetime) -> Written:
    """The first of its conversation; they take turns over the desks."""
    desk = plan.names[number % plan.desks]
    key = str(conversation(prefix, number))
    at, door, address = rfc3339(now), door_of(desk), f"customer-{number}@example.org"
    body = {
        "contact_id": str(natural_id("bench-contact", key)),
        "conversation_id": key,
        "reference": f"B-{number:06}",
        "is_new_conversation": True,
        "channel": "email",
        "entry_point": door,
        "provider": "lmtp",
        "provider_message_id": f"<{key}@example.org>",
        "occurred_at": at,
        "received_at": at,
        "customer": {
            "id": str(natural_id("bench-customer", key)),
            "handles": [{"kind": "email", "value": address, "verified": True}],
            "name": f"Customer {number}",
            "locale": "en",
        },
        "subject": "The lid of my kettle",
        "text": TEXT,
        "reply_text": TEXT,
        "language": {"tag": "en", "confidence": 0.98},
        "reply_route": {
            "entry_point": door,
            "channel": "email",
            "handle": address,
            "message_id": f"<{key}@example.org>",
            "subject": "Re: The lid of my kettle",
        },
        "triage": {"flags": [], "urgency": 0.2, "sentiment": -0.1},
    }
    stamp = {"at": at, "desk": desk, "desk_version": 1, "epoch": 1, "sequence": 1}
    topic = topics.CONTACT.full(prefix)
    envelope = Envelope(str(event_id(topic, 1, key, 1)), "bellhop/ingest", "contact.received", key, now)
    return Written(topic, key.encode(), orjson.dumps({**body, **stamp}), envelope.headers())


def arrivals(prefix: str, plan: Plan, now: datetime) -> Iterator[Written]:
    """Every agent of the plan comes to work."""
    topic = topics.AGENT_COMMAND.full(prefix)
    for desk in plan.names:
        for agent in plan.agents_of(desk):
            command = str(natural_id("bench-presence", prefix, agent))
            common = {"command_id": command, "issued_at": rfc3339(now), "actor": {"kind": "agent", "id": agent}}
            body = {**common, "desk": desk, "agent_id": agent, "presence": "available"}
            envelope = Envelope(command, SOURCE, "agent.set-presence", agent, now)
            yield Written(topic, agent.encode(), orjson.dumps(body), envelope.headers())


def submission(prefix: str, plan: Plan, number: int, now: datetime) -> Written:
    """As another system gives it to ingest."""
    desk = plan.names[number % plan.desks]
    name = str(natural_id("bench-submission", prefix, str(number)))
    body = {
        "submission_id": name,
        "entry_point": shop_of(desk),
        "customer": {"external_ids": [{"system": "shop", "id": name}], "name": f"Customer {number}"},
        "text": TEXT,
        "subject": "The lid of my kettle",
        "language": "en",
        "occurred_at": rfc3339(now),
    }
    envelope = Envelope(name, SHOP, "contact.submitted", name, now)
    return Written(topics.CONTACT_INBOUND.full(prefix), name.encode(), orjson.dumps(body), envelope.headers())
