"""What would be published of an outcome? CloudEvents as far as they can be known without database and desk file."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bellhop_common.events.envelope import full_type
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import natural_id
from bellhop_ingest.domain.arrival import Arrival, Attachment, Handle, Sender
from bellhop_ingest.domain.deduplication import contact_id, origin_contact_id
from bellhop_ingest.domain.outcomes import (
    Abandoned,
    BouncedRecipient,
    CallStateChanged,
    Ignored,
    Outcome,
    Parked,
    Receipt,
    Refused,
    Updated,
)
from bellhop_ingest.domain.reception import Reception

Body = Mapping[str, object]
_MILLISECOND = timedelta(milliseconds=1)


def cloud_event(outcome: Outcome, reception: Reception) -> Body | None:
    """Structured JSON; nothing for what is ignored, and for what is refused without a name to answer to."""
    match outcome:
        case Arrival():
            return _event("contact.received", contact_id(outcome), _received(outcome, reception), outcome.occurred_at)
        case Parked(arrival=arrival):
            return _event("contact.parked", contact_id(arrival), _parked(outcome, reception), arrival.occurred_at)
        case Updated(of=of, occurred_at=at):
            return _event("contact.updated", origin_contact_id(of), _updated(outcome), at)
        case Abandoned(of=of, occurred_at=at):
            return _event("contact.abandoned", origin_contact_id(of), _abandoned(outcome), at)
        case CallStateChanged(of=of, occurred_at=at):
            data = _plain(contact_id=str(origin_contact_id(of)), state=outcome.state.value, occurred_at=rfc3339(at))
            return _event("contact.call-state", origin_contact_id(of), data, at)
        case Receipt(occurred_at=at):
            key = natural_id("delivery", outcome.provider, outcome.entry_point, outcome.provider_message_id)
            return _event("delivery.receipt", key, _receipt(outcome), at)
        case Refused(submission_id=str(submission_id)):
            data = {"submission_id": submission_id, "errors": [_error(one) for one in outcome.errors]}
            return _event("contact.refused", natural_id("submission", submission_id), data, reception.received_at)
        case Refused() | Ignored():
            return None


def _event(kind: str, key: UUID, data: Body, at: datetime) -> Body:
    return {
        "specversion": "1.0",
        "id": str(natural_id("offline", kind, str(key), str(data.get("state", "")), rfc3339(at))),
        "source": "bellhop/ingest",
        "type": full_type(kind),
        "subject": str(key),
        "time": rfc3339(at),
        "dataschema": f"{full_type(kind)}.json",
        "datacontenttype": "application/json",
        "data": data,
    }


def _received(arrival: Arrival, reception: Reception) -> Body:
    thread = arrival.thread
    first = arrival.sender.handles[0].value if arrival.sender.handles else None
    return _plain(
        **_arrived(arrival, reception),
        customer=_customer(arrival.sender),
        reply_text=arrival.reply_text,
        attachments=[_attachment(one) for one in arrival.attachments],
        language=_fields(arrival.language, "tag", "confidence"),
        in_reply_to=thread.in_reply_to,
        reply_route=_plain(
            entry_point=arrival.entry_point,
            channel=arrival.channel.value,
            handle=arrival.reply_handle or first,
            can_reply_until=_instant(arrival.can_reply_until),
            provider_thread_id=thread.provider_thread_id,
            message_id=thread.message_id,
            references=list(reversed(thread.references)),
            subject=arrival.subject,
            participants=list(thread.participants),
        ),
        call=_call(arrival),
        authentication=_fields(arrival.authentication, "method", "result"),
    )


def _arrived(arrival: Arrival, reception: Reception) -> dict[str, object]:
    return {
        "contact_id": str(contact_id(arrival)),
        "channel": arrival.channel.value,
        "entry_point": arrival.entry_point,
        "provider": arrival.provider,
        "provider_message_id": arrival.provider_message_id,
        "occurred_at": rfc3339(arrival.occurred_at),
        "received_at": rfc3339(reception.received_at),
        "subject": arrival.subject,
        "text": arrival.text,
    }


def _parked(parked: Parked, reception: Reception) -> Body:
    bounce = {"recipients": [_bounced(one) for one in parked.bounced]} if parked.reason == "bounce" else None
    return _plain(
        **_arrived(parked.arrival, reception),
        customer=_customer(parked.arrival.sender),
        park=_plain(reason=parked.reason.value, detail=parked.detail),
        bounce=bounce,
    )


def _updated(updated: Updated) -> Body:
    return _plain(
        contact_id=str(origin_contact_id(updated.of)),
        change=updated.change.value,
        text=updated.text,
        attachments=[_attachment(one) for one in updated.attachments] or None,
    )


def _abandoned(abandoned: Abandoned) -> Body:
    return _plain(
        contact_id=str(origin_contact_id(abandoned.of)),
        channel=abandoned.of.channel.value,
        entry_point=abandoned.of.entry_point,
        stage=abandoned.stage.value,
        waited_ms=abandoned.waited // _MILLISECOND,
        short=abandoned.short,
    )


def _receipt(receipt: Receipt) -> Body:
    return _plain(
        provider=receipt.provider,
        entry_point=receipt.entry_point,
        provider_message_id=receipt.provider_message_id,
        state=receipt.state.value,
        permanent=receipt.permanent,
        status=receipt.status,
        address=receipt.address,
        occurred_at=rfc3339(receipt.occurred_at),
    )


def _customer(sender: Sender) -> Body:
    external = [_external(system, value) for system, value in sender.external_ids]
    return _plain(handles=[*map(_handle, sender.handles), *external], name=sender.name, locale=sender.locale)


def _handle(handle: Handle) -> Body:
    return {"kind": handle.kind.value, "value": handle.value, "verified": handle.verified}


def _external(system: str, value: str) -> Body:
    return {"kind": "external", "value": f"{system}/{value}", "verified": True}


def _attachment(one: Attachment) -> Body:
    """Stored offline is nothing: what came along would be stored under its hash."""
    return {
        "ref": one.ref or f"sha256:{one.sha256}",
        "name": one.name,
        "media_type": one.media_type,
        "bytes": one.size,
        "sha256": one.sha256,
        "state": "pending",
    }


def _bounced(one: BouncedRecipient) -> Body:
    return _plain(address=one.address, permanent=one.permanent, status=one.status, diagnostic=one.diagnostic)


def _call(arrival: Arrival) -> Body | None:
    call = arrival.call
    if call is None:
        return None
    stage = None if call.stage is None else call.stage.value
    return _plain(**{"from": call.from_number}, withheld=call.withheld, stage=stage)


def _error(error: object) -> Body:
    return _fields(error, "path", "got", "expected") or {}


def _fields(value: object, *names: str) -> Body | None:
    return None if value is None else {name: getattr(value, name) for name in names}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)


def _plain(**fields: object) -> Body:
    """What isn't known is left out, not written as null."""
    return {name: value for name, value in fields.items() if value is not None}
