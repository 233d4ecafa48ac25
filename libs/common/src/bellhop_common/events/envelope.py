"""Which event is this, where from, and in which order? CloudEvents 1.0 headers and our stamp.

CloudEvents Kafka protocol binding 1.0.2: binary mode puts the attributes into `ce_*` headers,
structured mode puts everything into a JSON body.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from bellhop_common.errors import BellhopError
from bellhop_common.events.wire import Instant, Slug, Wire, rfc3339

TYPE_PREFIX: Final = "support."
TYPE_SUFFIX: Final = ".v1"
BINARY: Final = "application/json"
STRUCTURED: Final = "application/cloudevents+json"
MAX_ATTRIBUTE: Final = 1_024
Headers = tuple[tuple[str, bytes], ...]

_instant: TypeAdapter[datetime] = TypeAdapter(Instant)


class BadEnvelope(BellhopError):
    """The record isn't an event that we can name; `reason` says which attribute is wrong and what would be right."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Envelope:
    """`type` is short (`work.queued`); `id` and `source` are whatever the sender chose."""

    id: str
    source: str
    type: str
    subject: str | None = None
    time: datetime | None = None
    causation: str | None = None
    traceparent: str | None = None

    def headers(self) -> Headers:
        named = (
            ("ce_specversion", "1.0"),
            ("ce_id", self.id),
            ("ce_source", self.source),
            ("ce_type", full_type(self.type)),
            ("ce_subject", self.subject),
            ("ce_time", None if self.time is None else rfc3339(self.time)),
            ("ce_dataschema", f"{TYPE_PREFIX}{self.type}{TYPE_SUFFIX}.json"),
            ("ce_causationid", self.causation),
            ("traceparent", self.traceparent),
            ("content-type", BINARY),
        )
        return tuple((name, value.encode()) for name, value in named if value is not None)


class Stamp(Wire):
    """What the kernel writes into each body: when, under which desk file, and its place in each order."""

    at: Instant | None = None
    desk: Slug | None = None
    desk_version: int | None = None
    epoch: int | None = None
    sequence: int | None = None
    desk_seq: int | None = None
    ordinal: int | None = None


def full_type(short: str) -> str:
    return f"{TYPE_PREFIX}{short}{TYPE_SUFFIX}"


def short_type(full: str) -> str:
    if not (full.startswith(TYPE_PREFIX) and full.endswith(TYPE_SUFFIX)):
        reason = f"ce_type: got {full[:80]!r}, expected {TYPE_PREFIX}<name>{TYPE_SUFFIX}"
        raise BadEnvelope(reason)
    return full[len(TYPE_PREFIX) : -len(TYPE_SUFFIX)]


def read_headers(headers: Iterable[tuple[str, bytes | None]]) -> Envelope:
    """Binary mode; raises `BadEnvelope`."""
    return _from_attributes({name: _text(name, value) for name, value in headers if name in _NAMES})


def content_type(headers: Iterable[tuple[str, bytes | None]]) -> str:
    found = next((value for name, value in headers if name.lower() == "content-type" and value), b"")
    return found.decode("ascii", "replace").partition(";")[0].strip().lower()


def read_structured(body: bytes) -> tuple[Envelope, bytes]:
    """Structured mode: the envelope and its data as JSON bytes; raises `BadEnvelope`."""
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        reason = f"body: not JSON ({error})"
        raise BadEnvelope(reason) from error
    if not isinstance(event, dict):
        reason = f"body: got {type(event).__name__}, expected a CloudEvents object"
        raise BadEnvelope(reason)
    known = {name: event[name] for name in _ATTRIBUTES if isinstance(event.get(name), str)}
    attributes = {"traceparent" if name == "traceparent" else f"ce_{name}": value for name, value in known.items()}
    if "data" not in event:
        reason = "data: missing, expected the event's body"
        raise BadEnvelope(reason)
    return _from_attributes(attributes), _bytes_of(event["data"])


def _bytes_of(data: object) -> bytes:
    """More levels can be read than written."""
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError as error:
        reason = "data: nested too deeply, expected at most 250 levels"
        raise BadEnvelope(reason) from error


_ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "causationid", "traceparent")
_NAMES = frozenset({*(f"ce_{name}" for name in _ATTRIBUTES), "traceparent"})


def _text(name: str, value: bytes | None) -> str:
    if value is None:
        reason = f"{name}: got null, expected text"
        raise BadEnvelope(reason)
    if len(value) > MAX_ATTRIBUTE:
        reason = f"{name}: {len(value)} bytes, expected at most {MAX_ATTRIBUTE}"
        raise BadEnvelope(reason)
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        reason = f"{name}: not UTF-8"
        raise BadEnvelope(reason) from error


def _from_attributes(attributes: Mapping[str, str]) -> Envelope:
    for name in ("ce_id", "ce_source", "ce_type", "ce_specversion"):
        if not attributes.get(name):
            reason = f"{name}: missing, CloudEvents 1.0 requires it"
            raise BadEnvelope(reason)
    if attributes["ce_specversion"] != "1.0":
        reason = f"ce_specversion: got {attributes['ce_specversion'][:20]!r}, expected '1.0'"
        raise BadEnvelope(reason)
    return Envelope(
        id=attributes["ce_id"],
        source=attributes["ce_source"],
        type=short_type(attributes["ce_type"]),
        subject=attributes.get("ce_subject"),
        time=_time(attributes.get("ce_time")),
        causation=attributes.get("ce_causationid"),
        traceparent=attributes.get("traceparent"),
    )


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return _instant.validate_python(text)
    except ValidationError as error:
        reason = f"ce_time: got {text[:40]!r}, expected RFC 3339 with a zone"
        raise BadEnvelope(reason) from error


def causation_id(envelope: Envelope) -> UUID | None:
    try:
        return UUID(envelope.id)
    except ValueError:
        return None
