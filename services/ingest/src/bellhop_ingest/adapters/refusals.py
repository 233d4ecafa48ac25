"""What is its sender told of a submission that can't be read? Field by field, under its own name if it has one."""

from collections.abc import Sequence

import orjson

from bellhop_common.events import topics
from bellhop_common.events.contacts import ContactSubmitted
from bellhop_common.events.envelope import STRUCTURED, BadEnvelope, Envelope, content_type, full_type, read_headers
from bellhop_common.kernel.delivery import Poison, RawRecord
from bellhop_ingest.adapters.normalise.event import normalise_event, submitted
from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.texts import identifier
from bellhop_ingest.domain.events import SubmissionRefused
from bellhop_ingest.domain.outcomes import FieldError, Outcome, Refused
from bellhop_ingest.domain.reception import Reception

EXPECTED = {
    "too-large": "at most 1 MiB",
    "too-old": "a record of the last days",
    "null-value": "an event",
    "bad-json": "JSON",
}


def answer_poison(raw: RawRecord, poison: Poison) -> Sequence[SubmissionRefused]:
    """Who can't be named isn't told; the dead letter alone remembers."""
    if topics.CONTACT_INBOUND.name not in raw.topic:
        return ()
    found = _structured(raw) if content_type(raw.headers) == STRUCTURED else _binary(raw)
    if found is None or found.submission_id is None:
        return ()
    record = f"{raw.topic}/{raw.partition}@{raw.offset}"
    return (SubmissionRefused(identifier(found.submission_id), record, found.errors or (_general(poison),)),)


def _structured(raw: RawRecord) -> Refused | None:
    value = _json(raw.value)
    if value is None:
        return None
    (outcome,) = (
        normalise_event(Node(value), Reception("event", raw.appended_at)) if isinstance(value, dict) else (None,)
    )
    return _refused(outcome, Node(value)["data"]["submission_id"].id)


def _binary(raw: RawRecord) -> Refused | None:
    try:
        envelope = read_headers(raw.headers)
    except BadEnvelope as bad:
        return _nameless(raw, bad)
    fallback = identifier(f"{envelope.source}/{envelope.id}")
    if envelope.type != ContactSubmitted.type_name:
        return _wrong_type(envelope, fallback)
    value = _json(raw.value)
    if value is None:
        return Refused((), fallback)
    return _refused(submitted(Node(value), fallback), Node(value)["submission_id"].id or fallback)


def _nameless(raw: RawRecord, bad: BadEnvelope) -> Refused | None:
    """Its headers name nobody, but its body may."""
    value = _json(raw.value)
    submission_id = "" if value is None else Node(value)["submission_id"].id
    path, _, rest = bad.reason.partition(": ")
    return Refused((FieldError(path, rest, "a CloudEvents 1.0 attribute"),), submission_id) if submission_id else None


def _wrong_type(envelope: Envelope, fallback: str) -> Refused:
    expected = full_type(ContactSubmitted.type_name)
    return Refused((FieldError("type", repr(full_type(envelope.type)[:80]), expected),), fallback)


def _refused(outcome: Outcome | None, submission_id: str) -> Refused:
    """A record that is right in itself was refused for its size or age."""
    if isinstance(outcome, Refused):
        return outcome
    return Refused((), submission_id or None)


def _general(poison: Poison) -> FieldError:
    return FieldError("record", poison.error_class, EXPECTED.get(poison.error_class, "a contact.submitted event"))


def _json(value: bytes | None) -> object:
    try:
        return None if value is None else orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
