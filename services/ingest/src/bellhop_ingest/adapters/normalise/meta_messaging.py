"""What does a Messenger or Instagram webhook say? Both send the same envelope with other names on it."""

from datetime import datetime, timedelta

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said, kept_elsewhere, known_as
from bellhop_ingest.adapters.normalise.texts import long_text
from bellhop_ingest.domain.arrival import Attachment
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.outcomes import Change, Ignored, Outcome, Receipt, ReceiptState, Updated, refused
from bellhop_ingest.domain.reception import Reception

REPLY_WINDOW = timedelta(hours=24)
_MILLISECONDS = 0.001
_OBJECTS = {Channel.MESSENGER: "page", Channel.INSTAGRAM: "instagram"}
_TYPES = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/mpeg", "file": "application/octet-stream"}


def normalise_messenger(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    return _normalise(body, Line(Channel.MESSENGER, "messenger", reception))


def normalise_instagram(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    return _normalise(body, Line(Channel.INSTAGRAM, "instagram", reception))


def _normalise(body: Node, line: Line) -> tuple[Outcome, ...]:
    expected = _OBJECTS[line.channel]
    if body["object"].text != expected:
        return (refused("object", body["object"].said, repr(expected)),)
    if not body["entry"].is_list:
        return (refused("entry", body["entry"].said, "a list"),)
    events = [one for entry in body["entry"].each() for name in ("messaging", "standby") for one in entry[name].each()]
    if events:
        return tuple(outcome for event in events for outcome in _event(event, line))
    field = body["entry"].first()["changes"].first()["field"].text
    return (Ignored(f"no message: {field or 'an empty entry'}"),)


def _event(event: Node, line: Line) -> tuple[Outcome, ...]:
    at = event["timestamp"].instant(line.reception.received_at, _MILLISECONDS)
    if event["message"]:
        return (_message(event, line, at),)
    if event["message_edit"]:
        edit = event["message_edit"]
        return (Updated(line.origin(edit["mid"].id), Change.EDITED, at, long_text(edit["text"].text)),)
    if event["postback"]:
        postback = event["postback"]
        said = postback["title"].text or postback["payload"].text
        message_id = postback["mid"].id or f"postback/{event['sender']['id'].id}/{event['timestamp'].id}"
        sender = known_as(HandleKind(line.channel.value), event["sender"]["id"].id)
        return (line.arrival(Said(message_id, at, sender, said, can_reply_until=at + REPLY_WINDOW)),)
    if event["delivery"]:
        mids = (one.id for one in event["delivery"]["mids"].each())
        return tuple(_receipt(mid, ReceiptState.DELIVERED, event, line) for mid in mids) or (
            Ignored("a receipt that names no message"),
        )
    if event["read"]["mid"].id:
        return (_receipt(event["read"]["mid"].id, ReceiptState.READ, event, line),)
    other = next((name for name, _ in event.items() if name not in {"sender", "recipient", "timestamp"}), "nothing")
    return (Ignored(f"no message: {other}"),)


def _message(event: Node, line: Line, at: datetime) -> Outcome:
    message = event["message"]
    if message["is_echo"].value is True:
        return Ignored("an echo of our own message")
    if not message["mid"].id:
        return refused("entry[].messaging[].message.mid", message["mid"].said, "the message's id")
    if message["is_deleted"].value is True:
        return Updated(line.origin(message["mid"].id), Change.DELETED, at)
    unsupported = "[unsupported message]" if message["is_unsupported"].value is True else ""
    return line.arrival(
        Said(
            message_id=message["mid"].id,
            at=at,
            sender=known_as(HandleKind(line.channel.value), event["sender"]["id"].id),
            text=message["text"].text or unsupported,
            attachments=tuple(_file(one) for one in message["attachments"].each()),
            replies_to=message["reply_to"]["mid"].id or None,
            can_reply_until=at + REPLY_WINDOW,
        )
    )


def _receipt(message_id: str, state: ReceiptState, event: Node, line: Line) -> Receipt:
    watermark = event.any_of("delivery", "read")["watermark"]
    at = (watermark or event["timestamp"]).instant(line.reception.received_at, _MILLISECONDS)
    return Receipt(line.provider, line.reception.entry_point, message_id, state, at)


def _file(one: Node) -> Attachment:
    kind, payload = one["type"].text, one["payload"]
    ref = payload["url"].id or one["url"].id or f"meta:{payload['sticker_id'].id or kind or 'attachment'}"
    return kept_elsewhere(payload["title"].short or kind or "attachment", _TYPES.get(kind), ref)
