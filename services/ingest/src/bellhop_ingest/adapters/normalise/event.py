"""What did another system submit? CloudEvents of type `contact.submitted`, alone or in a batch, field by field."""

from collections.abc import Iterator, Sized

import orjson
from pydantic import ValidationError

from bellhop_common.events.contacts import ContactSubmitted
from bellhop_common.events.envelope import BadEnvelope, read_structured
from bellhop_common.postgres.outbox import MAX_EVENT_BYTES
from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.texts import clean, identifier, long_text, short_text
from bellhop_ingest.domain.arrival import Arrival, Attachment, Handle, Language, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.languages import language_tag
from bellhop_ingest.domain.outcomes import FieldError, Outcome, Refused, refused
from bellhop_ingest.domain.reception import Reception

PROVIDER = "event"
MOST_IN_A_BATCH = 1_000
_MOST_ERRORS = 50
_MOST_ENTRIES = 100
_LONGEST_KEY = 10_000
# The text stands in an event twice. What is left over is for what is known of the customer already.
_MOST_BYTES = MAX_EVENT_BYTES - 64 * 1024


def normalise_event(body: Node, _: Reception) -> tuple[Outcome, ...]:
    if not body.is_list:
        return (_one(body),)
    events = list(body.each())
    if not 0 < len(events) <= MOST_IN_A_BATCH:
        return (refused("body", f"a batch of {len(events)}", f"1 to {MOST_IN_A_BATCH} events"),)
    return tuple(_one(event) for event in events)


def submitted(data: Node, fallback_id: str | None = None) -> Outcome:
    """The event's own data; `fallback_id` names it to its sender where it has no readable `submission_id`."""
    submission_id = data["submission_id"].id or fallback_id
    try:
        model = ContactSubmitted.model_validate(data.value)
    except ValidationError as error:
        return Refused(_errors(error, data), submission_id)
    wrong = tuple(_unfit(model))[:_MOST_ERRORS]
    return Refused(wrong, submission_id) if wrong else _arrival(model)


def _unfit(model: ContactSubmitted) -> Iterator[FieldError]:
    """What the model can't say: nothing may be blank once it is clean, and an event must hold all of it."""
    customer = model.customer
    if not (customer.external_ids or customer.handles):
        yield FieldError("data.customer", "neither external_ids nor handles", "at least one of them")
    if not long_text(model.text).strip():
        yield FieldError("data.text", "blank", "what the customer says")
    for path, entries in _lists(model):
        if len(entries) > _MOST_ENTRIES:
            yield FieldError(f"data.{path}", f"{len(entries)} entries", f"at most {_MOST_ENTRIES}")
    if len(model.thread_key or "") > _LONGEST_KEY:
        yield FieldError("data.thread_key", f"{len(model.thread_key or '')} characters", f"at most {_LONGEST_KEY}")
    for path, name in _names(model):
        if not identifier(name):
            yield FieldError(f"data.{path}", repr(name[:60]), "a name that isn't blank")
    size = 2 * len(orjson.dumps({**model.model_dump(mode="json"), "text": long_text(model.text)}))
    if size > _MOST_BYTES:
        yield FieldError("data", f"{size} bytes in its event", f"at most {_MOST_BYTES}")


def _lists(model: ContactSubmitted) -> Iterator[tuple[str, Sized]]:
    yield "customer.handles", model.customer.handles
    yield "customer.external_ids", model.customer.external_ids
    yield "attachments", model.attachments


def _names(model: ContactSubmitted) -> Iterator[tuple[str, str]]:
    yield "submission_id", model.submission_id
    for number, handle in enumerate(model.customer.handles):
        yield f"customer.handles.{number}.value", handle.value
    for number, external in enumerate(model.customer.external_ids):
        yield f"customer.external_ids.{number}.id", external.id
    for number, ref in enumerate(model.attachments):
        yield f"attachments.{number}", ref


def _one(event: Node) -> Outcome:
    if event.is_object and "specversion" not in event and "submission_id" in event:
        return submitted(event)
    try:
        envelope, data = read_structured(orjson.dumps(event.value))
    except orjson.JSONEncodeError:
        found = FieldError("body", "too many levels", "a CloudEvents 1.0 event of at most 250 levels")
        return Refused((found,), event["data"]["submission_id"].id or None)
    except BadEnvelope as error:
        return _bad_envelope(error, event)
    if envelope.type != ContactSubmitted.type_name:
        return refused("type", repr(envelope.type[:80]), "support.contact.submitted.v1")
    fallback = identifier(f"{envelope.source}/{envelope.id}")
    return submitted(Node(orjson.loads(data)), fallback)


def _bad_envelope(error: BadEnvelope, event: Node) -> Refused:
    path, _, rest = error.reason.partition(": ")
    got, _, expected = rest.partition(", expected ")
    found = FieldError(path.removeprefix("ce_"), got.removeprefix("got "), expected or "a CloudEvents 1.0 event")
    source, event_id = event["source"].id, event["id"].id
    named = f"{source}/{event_id}" if source and event_id else None
    return Refused((found,), event["data"]["submission_id"].id or named)


def _errors(error: ValidationError, data: Node) -> tuple[FieldError, ...]:
    return tuple(
        FieldError(
            ".".join(("data", *map(str, one["loc"]))),
            _at(data, one["loc"]).said,
            one["msg"].removeprefix("Value error, "),
        )
        for one in error.errors(include_url=False, include_context=False)[:_MOST_ERRORS]
    )


def _at(data: Node, path: tuple[int | str, ...]) -> Node:
    for step in path:
        data = Node(dict(enumerate(data.each())).get(step, Node()).value) if isinstance(step, int) else data[step]
    return data


def _arrival(model: ContactSubmitted) -> Arrival:
    customer, text, language = model.customer, long_text(model.text), language_tag(model.language)
    refs = tuple(map(clean, model.attachments))
    handles = tuple(Handle(HandleKind(one.kind.value), clean(one.value), one.verified) for one in customer.handles)
    return Arrival(
        channel=Channel.EVENT,
        entry_point=model.entry_point,
        provider=PROVIDER,
        provider_message_id=identifier(model.submission_id),
        occurred_at=model.occurred_at,
        sender=Sender(
            handles,
            name=short_text(customer.name),
            external_ids=tuple((one.system, clean(one.id)) for one in customer.external_ids),
        ),
        text=text,
        reply_text=text,
        digest=content_digest(text, model.subject or "", *refs),
        subject=short_text(model.subject),
        attachments=tuple(Attachment(ref, "application/octet-stream", 0, "", ref) for ref in refs),
        thread=Thread(provider_thread_id=clean(model.thread_key or "") or None),
        language=Language(language, 1.0) if language else None,
    )
