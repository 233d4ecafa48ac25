"""What does the sla service read when its timers are measured? A desk with one target, and work that is queued."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid5

import orjson

from bellhop_common.events import topics
from bellhop_common.events.desks import DeskApplied, DeskQueue, SlaPolicy, SlaTarget
from bellhop_common.events.envelope import Envelope
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import event_id
from bench.records import Written, conversation

DESK: Final = "desk-00"
METRIC: Final = "first_response_time"


@dataclass(frozen=True, slots=True)
class Said:
    topic: Topic
    key: str
    kind: str
    body: dict[str, object]


def desk_applied(prefix: str, within: timedelta, now: datetime) -> Written:
    policy = SlaPolicy(name="fast", targets=(SlaTarget(metric=METRIC, within=within, warnings=()),))
    applied = DeskApplied(version=1, name=DESK, queues=(DeskQueue(name="front"),), sla=(policy,))
    stamp = {"desk": DESK, "desk_version": 1, "at": rfc3339(now)}
    body = {**applied.model_dump(mode="json"), **stamp}
    return _written(prefix, Said(topics.DESK, f"{DESK}/1", applied.type_name, body), now)


def queued(prefix: str, number: int, now: datetime) -> Written:
    of = conversation(prefix, number)
    at = rfc3339(now)
    body = {
        "work_item_id": str(uuid5(of, "item")),
        "conversation_id": str(of),
        "queue": "front",
        "tier": 1,
        "channel": "email",
        "priority": 50,
        "cycle": 1,
        "actor": {"kind": "system", "id": "router"},
        "first_contact": {"contact_id": str(uuid5(of, "contact")), "received_at": at},
        "kind": "contact",
        "reference": f"B-{number:06}",
        "rule": "default",
        "customer": {},
        "queued_at": at,
    }
    stamp = {"at": at, "desk": DESK, "desk_version": 1, "epoch": 1, "sequence": 1}
    return _written(prefix, Said(topics.WORK, str(of), "work.queued", {**body, **stamp}), now)


def _written(prefix: str, said: Said, now: datetime) -> Written:
    topic = said.topic.full(prefix)
    envelope = Envelope(str(event_id(topic, 1, said.key, 1)), "bellhop/router", said.kind, said.key, now)
    return Written(topic, said.key.encode(), orjson.dumps(said.body), envelope.headers())
