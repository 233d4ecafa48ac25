"""What becomes of a raw record? A history record without the words that people wrote; anything at all can be read."""

from hashlib import blake2b
from typing import Final

import orjson

from bellhop_common.events.envelope import (
    STRUCTURED,
    BadEnvelope,
    Envelope,
    causation_id,
    content_type,
    read_headers,
    read_structured,
)
from bellhop_common.history.records import NO_FIELDS, Fields, HistoryRecord, RawRecord, part, text, whole
from bellhop_common.ids import natural_id

DEAD_LETTER: Final = ".dead-letter"
RETRY: Final = ".retry"
_DIGEST_BYTES: Final = 16
_NAMELESS: Final = Envelope(id="", source="", type="")

# Texts, subjects, names and attachments stay out: the spilled history holds nothing that a customer wrote.
_KEPT: Final = frozenset(
    (
        *("at", "work_item_id", "conversation_id", "customer_id", "queue", "tier", "team"),
        *("channel", "priority", "cycle", "actor", "kind", "class", "offer_id"),
        *("assignment_id", "agent_id", "agent", "weight", "manual", "queued_at", "waited_seconds"),
        *("timeout_seconds", "required", "previous_work_item_id", "into", "first_contact", "contact_id", "by_offer_id"),
        *("until", "from_tier", "to_tier", "cause", "clock_id", "metric"),
        *("run", "policy", "policy_version", "calendar_version", "started_at", "due_at", "elapsed_seconds"),
        *("paused_seconds", "ready_at", "late_ms", "threshold", "corrects", "notice_id", "recipient"),
        *("occasion", "provider_message_id", "in_doubt", "entry_point", "received_at", "parked", "park"),
        *("status", "merged_into", "version", "presence", "skills", "languages", "channels"),
        *("capacity", "command_id", "submission_id", "reply_id", "promise_id", "flag", "on"),
        *("state",),
    )
)
_STAMPED: Final = ("epoch", "sequence", "desk_version", "desk_seq", "ordinal")


def is_aside(topic: str) -> bool:
    return topic.endswith((DEAD_LETTER, RETRY))


def parse(raw: RawRecord) -> HistoryRecord:
    """Never fails: what can't be read keeps its place, its key and its digests."""
    try:
        envelope, data = _envelope(raw)
        body = orjson.loads(data) if data else NO_FIELDS
    except (BadEnvelope, orjson.JSONDecodeError):
        envelope, body = _NAMELESS, NO_FIELDS
    fields: Fields = body if isinstance(body, dict) else NO_FIELDS
    subject, reference = about(raw, envelope.type, fields)
    epoch, sequence, desk_version, desk_seq, ordinal = (whole(fields, name) for name in _STAMPED)
    return HistoryRecord(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        appended_at=raw.appended_at,
        key=None if raw.key is None else raw.key.decode("utf-8", "backslashreplace"),
        id=_name(envelope),
        source=envelope.source,
        type=envelope.type,
        cause=envelope.causation,
        epoch=epoch,
        sequence=sequence,
        desk=text(fields, "desk") or None,
        desk_version=desk_version,
        desk_seq=desk_seq,
        ordinal=ordinal,
        subject=subject,
        reference=reference,
        digest=_hash(envelope.type.encode(), raw.key, raw.value),
        raw=_raw_hash(raw),
        body=_kept(raw.topic, fields),
    )


def about(raw: RawRecord, kind: str, body: Fields) -> tuple[str | None, str | None]:
    """What it is about, and under which name the outside knows that.

    A contact's subject is the contact, also where work names it; a notice's the notice. The reference of a
    contact is the provider's id, of a sent mail the Message-ID, of a command or rejection the command,
    of a dead letter or a replay the place that it came from.
    """
    if is_aside(raw.topic):
        return None, _origin(raw)
    if kind in {"contact.received", "contact.parked"}:
        return text(body, "contact_id"), provider_reference(body)
    if kind == "work.queued":
        return text(part(body, "first_contact"), "contact_id") or None, None
    if kind == "work.contact-added":
        return text(body, "contact_id"), None
    if raw.topic == "notice.v1":
        mailed = kind == "notice.sent" and text(body, "channel") == "email"
        return text(body, "notice_id"), text(body, "provider_message_id").strip("<> ") if mailed else None
    return None, text(body, "command_id") or None


def provider_reference(body: Fields) -> str:
    """Whoever kept a Message-ID may have kept its angle brackets or not."""
    return f"{text(body, 'entry_point')} {text(body, 'provider_message_id').strip('<> ')}"


def _name(envelope: Envelope) -> str:
    """As effects name it as their cause; of senders who use no UUIDs that is one made of source and id."""
    if not envelope.id:
        return ""
    return str(causation_id(envelope) or natural_id("event", envelope.source, envelope.id))


def _origin(raw: RawRecord) -> str | None:
    topic, partition, offset = (raw.header(f"dl_{name}") for name in ("topic", "partition", "offset"))
    return None if None in (topic, partition, offset) else f"{topic}/{partition}@{offset}"


def _envelope(raw: RawRecord) -> tuple[Envelope, bytes]:
    if raw.topic.startswith("contact.inbound.") and content_type(raw.headers) == STRUCTURED:
        return read_structured(raw.value or b"")
    return read_headers(raw.headers), raw.value or b""


def _kept(topic: str, body: Fields) -> Fields:
    if topic.startswith("desk."):
        return body
    # Elsewhere a reason is what an agent wrote; a notice's is one of ours.
    kept = _KEPT | {"reason"} if topic.startswith("notice.v") else _KEPT
    return {name: value for name, value in body.items() if name in kept}


def _raw_hash(raw: RawRecord) -> bytes:
    """Names and values of headers alternate, so that they can't be confused."""
    kept = [(name.encode(), value) for name, value in raw.headers if not name.startswith("dl_")]
    return _hash(raw.key, raw.value, *(part for pair in kept for part in pair))


def _hash(*parts: bytes | None) -> bytes:
    """Lengths go in too, so that no two lists of parts look alike."""
    lengths = str([None if one is None else len(one) for one in parts])
    return blake2b(lengths.encode() + b"".join([one or b"" for one in parts]), digest_size=_DIGEST_BYTES).digest()
