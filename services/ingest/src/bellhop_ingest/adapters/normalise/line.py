"""What does a LINE webhook say? Messages, edits and unsendings; following, joining and beacons are not messages."""

from collections.abc import Callable, Mapping

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said, kept_elsewhere, known_as
from bellhop_ingest.adapters.normalise.texts import long_text
from bellhop_ingest.domain.arrival import Attachment, Sender
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.outcomes import Change, Ignored, Outcome, Updated, refused
from bellhop_ingest.domain.reception import Reception

_MILLISECONDS = 0.001
_MEDIA = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/x-m4a", "file": "application/octet-stream"}


def normalise_line(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    if not body["events"].is_list:
        return (refused("events", body["events"].said, "a list"),)
    line = Line(Channel.LINE, "line", reception)
    return tuple(_event(event, line) for event in body["events"].each()) or (Ignored("LINE's check of the webhook"),)


def _event(event: Node, line: Line) -> Outcome:
    kind, message = event["type"].text, event["message"]
    at = event["timestamp"].instant(line.reception.received_at, _MILLISECONDS)
    if kind == "unsend":
        return Updated(line.origin(event["unsend"]["messageId"].id), Change.DELETED, at)
    if kind == "messageEdited":
        return Updated(line.origin(message["id"].id), Change.EDITED, at, long_text(_text(message)))
    if kind == "postback":
        data = event["postback"]["displayText"].text or event["postback"]["data"].text
        return line.arrival(Said(event["webhookEventId"].id or event["replyToken"].id, at, _sender(event), data))
    if kind != "message":
        return Ignored(f"no message: {kind or 'an event without a type'}")
    if not message["id"].id:
        return refused("events[].message.id", message["id"].said, "the message's id")
    source = event["source"]
    group = source.any_of("groupId", "roomId").id
    return line.arrival(
        Said(
            message_id=message["id"].id,
            at=at,
            sender=_sender(event),
            text=_text(message),
            attachments=_attachments(message),
            thread_id=group or None,
            replies_to=message["quotedMessageId"].id or None,
            reply_handle=group or None,
        )
    )


def _sender(event: Node) -> Sender:
    return known_as(HandleKind.LINE, event["source"]["userId"].id)


def _text(message: Node) -> str:
    read = _TEXTS.get(message["type"].text)
    if read is not None:
        return read(message)
    return "" if message["type"].text in _MEDIA else f"[{message['type'].text or 'unknown'}]"


def _location(message: Node) -> str:
    place = f"{message['latitude'].text}, {message['longitude'].text}"
    return "\n".join(part for part in (message["title"].text, message["address"].text, place) if part)


def _sticker(message: Node) -> str:
    words = ", ".join(one.text for one in message["keywords"].each())
    return message["text"].text or words or "[sticker]"


_TEXTS: Mapping[str, Callable[[Node], str]] = {
    "text": lambda message: message["text"].text,
    "location": _location,
    "sticker": _sticker,
}


def _attachments(message: Node) -> tuple[Attachment, ...]:
    kind = message["type"].text
    if kind not in _MEDIA:
        return ()
    ref = message["contentProvider"]["originalContentUrl"].id or f"line:{message['id'].id}"
    return (kept_elsewhere(message["fileName"].short or kind, _MEDIA[kind], ref, message["fileSize"].count),)
