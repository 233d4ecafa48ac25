"""What comes by on the topics? Each event as a plain value, with when it was appended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from aiokafka import ConsumerRecord

from bellhop_common.events.envelope import BadEnvelope, read_headers


@dataclass(frozen=True, slots=True)
class Happening:
    """`topic` without prefix; `type` is short (`work.offered`); `id` is the sender's."""

    topic: str
    type: str
    id: str
    key: str
    at: datetime
    body: dict[str, Any]
    appended_ms: int

    def text(self, name: str) -> str:
        return str(self.body.get(name) or "")


def read_happening(record: "ConsumerRecord[bytes, bytes]", prefix: str) -> Happening | None:
    """None for what isn't an event of ours, such as a planted bad one."""
    try:
        envelope = read_headers(record.headers)
        body = orjson.loads(record.value or b"null")
    except (BadEnvelope, orjson.JSONDecodeError):
        return None
    if not isinstance(body, dict) or "at" not in body:
        return None
    at = datetime.fromisoformat(str(body["at"]))
    key = (record.key or b"").decode()
    topic = record.topic.removeprefix(f"{prefix}.")
    return Happening(topic, envelope.type, envelope.id, key, at, body, record.timestamp)
