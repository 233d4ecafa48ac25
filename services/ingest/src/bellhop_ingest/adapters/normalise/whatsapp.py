"""What does a WhatsApp Cloud API webhook say? Messages, receipts and calls; batched, in any order."""

from collections.abc import Iterator
from datetime import timedelta

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.whatsapp_calls import call_status, calls
from bellhop_ingest.adapters.normalise.whatsapp_content import content_of
from bellhop_ingest.adapters.phone_numbers import e164
from bellhop_ingest.domain.arrival import Arrival, Authentication, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.outcomes import (
    Change,
    Ignored,
    Origin,
    Outcome,
    Receipt,
    ReceiptState,
    Updated,
    refused,
)
from bellhop_ingest.domain.reception import Reception

PROVIDER = "whatsapp"
REPLY_WINDOW = timedelta(hours=24)

_RECEIPTS = {
    "sent": ReceiptState.ACCEPTED,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
    "played": ReceiptState.READ,
    "failed": ReceiptState.FAILED,
}
# Not a WhatsApp user; blocked us or our kind of message; the number is not valid.
_PERMANENT = frozenset({"131026", "131050", "131051", "131052", "133010", "131008", "131009"})
_NOTHING_SAID = {
    "reaction": "a reaction",
    "system": "a notice of the provider's own",
    "request_welcome": "a chat was opened, nothing was said",
    "ephemeral": "a notice of the provider's own",
}


def normalise_whatsapp(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    if body["object"].text != "whatsapp_business_account":
        return (refused("object", body["object"].said, "'whatsapp_business_account'"),)
    if not body["entry"].is_list:
        return (refused("entry", body["entry"].said, "a list"),)
    changes = (change for entry in body["entry"].each() for change in entry["changes"].each())
    outcomes = tuple(outcome for change in changes for outcome in _change(change, reception))
    return outcomes or (Ignored("a webhook without any change"),)


def _change(change: Node, reception: Reception) -> Iterator[Outcome]:
    field, value = change["field"].text, change["value"]
    if field == "calls":
        yield from calls(value, _sender(value, value["calls"].first(), reception), reception)
    elif field == "messages":
        yield from (_message(message, value, reception) for message in value["messages"].each())
        yield from (_status(status, reception) for status in value["statuses"].each())
        if not (value["messages"] or value["statuses"]):
            yield Ignored(f"nothing but {_named(value['errors'].first()['title'].text, 'an empty change')}")
    else:
        yield Ignored(f"a notice of the provider's own: {field or 'unnamed'}")


def _message(message: Node, value: Node, reception: Reception) -> Outcome:
    kind, message_id = message["type"].text, message["id"].id
    at = message["timestamp"].instant(reception.received_at)
    if not message_id:
        return refused("messages[].id", message["id"].said, "the message's id")
    if kind in _NOTHING_SAID:
        return Ignored(_NOTHING_SAID[kind])
    if kind in {"edit", "revoke"}:
        return _later(message, kind, reception)
    sender = _sender(value, message, reception)
    if not sender.handles:
        return refused("messages[].from", message["from"].said, "the sender's WhatsApp id")
    content = content_of(message if message["errors"] else Node({**_mapping(message), "errors": value["errors"].value}))
    context = message["context"]
    return Arrival(
        channel=Channel.WHATSAPP,
        entry_point=reception.entry_point,
        provider=PROVIDER,
        provider_message_id=message_id,
        occurred_at=at,
        sender=sender,
        text=content.text,
        reply_text=content.text,
        digest=content_digest(content.text, *(attachment.ref or "" for attachment in content.attachments)),
        attachments=content.attachments,
        thread=Thread(
            provider_thread_id=message["group_id"].id or None,
            message_id=message_id,
            in_reply_to=context["id"].id or None,
            references=(context["id"].id,) if context["id"].id else (),
        ),
        can_reply_until=at + REPLY_WINDOW,
        authentication=Authentication("provider", "pass"),
    )


def _later(message: Node, kind: str, reception: Reception) -> Outcome:
    meant = message[kind]["original_message_id"].id
    if not meant:
        return refused(f"messages[].{kind}.original_message_id", "nothing", "the id of the message that is meant")
    origin = Origin(Channel.WHATSAPP, reception.entry_point, PROVIDER, meant)
    at = message["timestamp"].instant(reception.received_at)
    if kind == "revoke":
        return Updated(origin, Change.DELETED, at)
    content = content_of(message[kind]["message"])
    return Updated(origin, Change.EDITED, at, content.text, content.attachments)


def _status(status: Node, reception: Reception) -> Outcome:
    if status["type"].text == "call":
        return call_status(status, reception)
    state, error = _RECEIPTS.get(status["status"].text), status["errors"].first()
    if state is None:
        return Ignored(f"a status of no consequence: {status['status'].said}")
    if not status["id"].id:
        return refused("statuses[].id", status["id"].said, "the id of the message that was sent")
    code = error["code"].id or None
    return Receipt(
        provider=PROVIDER,
        entry_point=reception.entry_point,
        provider_message_id=status["id"].id,
        state=state,
        occurred_at=status["timestamp"].instant(reception.received_at),
        permanent=code in _PERMANENT if state is ReceiptState.FAILED else None,
        status=code,
        address=status["recipient_id"].id or None,
    )


def _sender(value: Node, message: Node, reception: Reception) -> Sender:
    """Who hides the number has only a user id, and the other way round."""
    wa_id = message["from"].id
    card = next((one for one in value["contacts"].each() if one["wa_id"].id == wa_id), value["contacts"].first())
    user_id = message["from_user_id"].id or card["user_id"].id
    number = e164("+" + wa_id, reception.region) if wa_id.isdigit() else None
    handles = (
        (HandleKind.WHATSAPP, wa_id),
        (HandleKind.WHATSAPP, user_id if user_id != wa_id else ""),
        (HandleKind.PHONE, number or ""),
    )
    return Sender(
        tuple(Handle(kind, text, verified=True) for kind, text in handles if text),
        name=card["profile"]["name"].short,
    )


def _mapping(node: Node) -> dict[str, object]:
    return dict(node.value) if isinstance(node.value, dict) else {}


def _named(text: str, otherwise: str) -> str:
    return text or otherwise
