"""Can this record be read? Either as an event of its topic, or as poison with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from pydantic import ValidationError

from bellhop_common.events.envelope import (
    STRUCTURED,
    BadEnvelope,
    Envelope,
    Stamp,
    content_type,
    read_headers,
    read_structured,
)
from bellhop_common.events.topics import Topic
from bellhop_common.kernel.delivery import Poison, RawRecord, Received
from bellhop_common.nul import without_nul

MAX_RECORD_BYTES = 1024 * 1024
NO_STAMP = Stamp()


class SequenceStamp(Stamp):
    """On a sequenced topic a record says where it stands."""

    epoch: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Reader:
    """`topics` by full name, the retry topics among them. Older records than `horizon` can't be told from repeats."""

    topics: Mapping[str, Topic]
    structured: frozenset[str]
    horizon: timedelta

    def read(self, raw: RawRecord, now: datetime) -> Received | Poison:
        topic = self.topics[raw.topic]
        if raw.value is not None and len(raw.value) > MAX_RECORD_BYTES:
            return Poison("too-large", f"{len(raw.value)} bytes")
        if _by_identity(topic) and not _is_replayed(raw) and raw.appended_at < now - self.horizon:
            return Poison("too-old", raw.appended_at.isoformat())
        if raw.value is None and topic.compacted:
            return self._deletion(topic, raw)
        return self._event(topic, raw)

    def _event(self, topic: Topic, raw: RawRecord) -> Received | Poison:
        if raw.value is None:
            return Poison("null-value", "no value")
        try:
            envelope, data = self._envelope(raw, raw.value)
        except BadEnvelope as bad:
            return Poison("bad-headers", bad.reason)
        model = topic.types.get(envelope.type)
        if model is None:
            return Poison("unknown-type", envelope.type)
        try:
            value = orjson.loads(without_nul(data))
            stamp = SequenceStamp.model_validate(value) if topic.sequenced else NO_STAMP
            body = model.model_validate(value)
        except orjson.JSONDecodeError:
            return Poison("bad-json", "not JSON")
        except ValidationError as error:
            return Poison("bad-schema", _where(error))
        return Received(topic, envelope, key_of(raw, envelope.subject), body, stamp, raw.appended_at, _is_replayed(raw))

    def _envelope(self, raw: RawRecord, value: bytes) -> tuple[Envelope, bytes]:
        if raw.topic in self.structured and content_type(raw.headers) == STRUCTURED:
            return read_structured(value)
        return read_headers(raw.headers), value

    def _deletion(self, topic: Topic, raw: RawRecord) -> Received:
        key = key_of(raw, None)
        nameless = Envelope(id=f"{raw.topic}/{raw.partition}/{raw.offset}", source="", type="")
        return Received(topic, nameless, key, None, NO_STAMP, raw.appended_at)


def _by_identity(topic: Topic) -> bool:
    """Else the version or the sequence of a record tells a repeat from news, however old it is."""
    return not topic.compacted and not topic.sequenced


def _is_replayed(raw: RawRecord) -> bool:
    return raw.topic.endswith(".retry")


def key_of(raw: RawRecord, subject: str | None) -> str:
    """The record's key; what was sent without one goes by its subject."""
    key = subject or "" if raw.key is None else raw.key.decode("utf-8", "replace")
    return key.replace("\0", "\ufffd")


def _where(error: ValidationError) -> str:
    """Which fields are wrong and how; never their values."""
    found = (
        f"{'.'.join(str(part) for part in one['loc'])}: {one['type']}"
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    )
    return "; ".join(found)[:500]
