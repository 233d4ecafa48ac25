"""What does a Twilio messaging webhook say? An SMS with its pictures, or the fate of one of ours."""

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said, kept_elsewhere
from bellhop_ingest.adapters.phone_numbers import e164
from bellhop_ingest.domain.arrival import Attachment, Handle, Sender
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.outcomes import Ignored, Outcome, Receipt, ReceiptState, refused
from bellhop_ingest.domain.reception import Reception

_RECEIPTS = {
    "accepted": ReceiptState.ACCEPTED,
    "queued": ReceiptState.ACCEPTED,
    "sending": ReceiptState.ACCEPTED,
    "sent": ReceiptState.ACCEPTED,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
    "undelivered": ReceiptState.FAILED,
    "failed": ReceiptState.FAILED,
}
# Unknown, unreachable for good, a landline, blocked by the recipient.
_PERMANENT = frozenset({"30005", "30006", "21211", "21610", "21614"})
_MOST_MEDIA = 10


def normalise_sms(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    message_id = body.any_of("MessageSid", "SmsMessageSid", "SmsSid").id
    if not message_id:
        return (refused("MessageSid", body["MessageSid"].said, "the message's id"),)
    status = body.any_of("MessageStatus", "SmsStatus").text
    if status in _RECEIPTS:
        return (_receipt(body, message_id, status, reception),)
    if status not in {"", "received", "receiving"}:
        return (Ignored(f"a status of no consequence: {status[:40]}"),)
    line, sender = Line(Channel.SMS, "twilio", reception), _sender(body, reception)
    if not sender.handles:
        return (refused("From", body["From"].said, "the sender's number"),)
    return (line.arrival(Said(message_id, reception.received_at, sender, body["Body"].text, _media(body))),)


def _receipt(body: Node, message_id: str, status: str, reception: Reception) -> Receipt:
    code, state = body["ErrorCode"].id or None, _RECEIPTS[status]
    return Receipt(
        provider="twilio",
        entry_point=reception.entry_point,
        provider_message_id=message_id,
        state=state,
        occurred_at=reception.received_at,
        permanent=code in _PERMANENT if state is ReceiptState.FAILED else None,
        status=code,
        address=body["To"].id or None,
    )


def _sender(body: Node, reception: Reception) -> Sender:
    """Short codes and sender names are no numbers, yet somebody is there."""
    given = body["From"].id.removeprefix("whatsapp:")
    value = e164(given, reception.region) or given
    return Sender((Handle(HandleKind.PHONE, value),) if value else (), body["ProfileName"].short)


def _media(body: Node) -> tuple[Attachment, ...]:
    count = min(body["NumMedia"].count, _MOST_MEDIA)
    return tuple(
        kept_elsewhere(f"media-{index}", body[f"MediaContentType{index}"].short, body[f"MediaUrl{index}"].id)
        for index in range(count)
        if body[f"MediaUrl{index}"].id
    )
