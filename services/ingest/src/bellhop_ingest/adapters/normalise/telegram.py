"""What does a Telegram Bot API update say? Messages and edits in private chats, groups and on behalf of a business."""

from collections.abc import Iterator

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said, kept_elsewhere, known_as
from bellhop_ingest.adapters.normalise.texts import long_text
from bellhop_ingest.domain.arrival import Attachment, Sender
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.languages import language_tag
from bellhop_ingest.domain.outcomes import Change, Ignored, Outcome, Updated, refused
from bellhop_ingest.domain.reception import Reception

_MEDIA = {
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "document": "application/octet-stream",
    "sticker": "image/webp",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "voice": "audio/ogg",
}
_NEW = ("message", "business_message")
_EDITED = ("edited_message", "edited_business_message")


def normalise_telegram(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    if "update_id" not in body:
        return (refused("update_id", body["update_id"].said, "a Bot API update"),)
    line = Line(Channel.TELEGRAM, "telegram", reception)
    message = body.any_of(*_NEW, *_EDITED)
    if body["callback_query"]:
        return (_pressed(body["callback_query"], line),)
    if body["deleted_business_messages"]:
        return tuple(_deleted(body["deleted_business_messages"], line)) or (Ignored("nothing was deleted"),)
    if not message:
        other = next((name for name, _ in body.items() if name != "update_id"), "nothing")
        return (Ignored(f"no message: {other}"),)
    if message["from"]["is_bot"].value is True:
        return (Ignored("a bot's message"),)
    at = message.any_of("edit_date", "date").instant(reception.received_at)
    if body.any_of(*_EDITED):
        origin = line.origin(_id(message["chat"], message["message_id"]))
        return (Updated(origin, Change.EDITED, at, long_text(_text(message)), tuple(_attachments(message))),)
    return (_message(message, line),)


def _message(message: Node, line: Line) -> Outcome:
    chat, attachments, text = message["chat"], tuple(_attachments(message)), _text(message)
    if not message["message_id"].id:
        return refused("message.message_id", message["message_id"].said, "the message's id")
    if not (text or attachments):
        return Ignored("a line of Telegram's own in the chat")
    replied = message["reply_to_message"]["message_id"]
    topic = message["message_thread_id"].id
    private = chat["type"].text == "private"
    return line.arrival(
        Said(
            message_id=_id(chat, message["message_id"]),
            at=message["date"].instant(line.reception.received_at),
            sender=_sender(message["from"] or chat),
            text=text,
            attachments=attachments,
            thread_id=None if private else "/".join(part for part in (chat["id"].id, topic) if part),
            replies_to=_id(chat, replied) if replied else None,
            reply_handle=chat["id"].id or None,
        )
    )


def _pressed(query: Node, line: Line) -> Outcome:
    chat = query["message"]["chat"]
    return line.arrival(
        Said(
            query["id"].id,
            line.reception.received_at,
            _sender(query["from"]),
            query["data"].text,
            reply_handle=chat["id"].id or None,
        )
    )


def _deleted(deleted: Node, line: Line) -> Iterator[Outcome]:
    for message_id in deleted["message_ids"].each():
        yield Updated(line.origin(_id(deleted["chat"], message_id)), Change.DELETED, line.reception.received_at)


def _sender(person: Node) -> Sender:
    name = " ".join(part for part in (person["first_name"].text, person["last_name"].text) if part)
    shown = Node(name).short or person["title"].short or person["username"].short
    return known_as(HandleKind.TELEGRAM, person["id"].id, shown, language_tag(person["language_code"].text))


def _id(chat: Node, message_id: Node) -> str:
    return f"{chat['id'].id}/{message_id.id}"


def _text(message: Node) -> str:
    said = message["text"].text or message["caption"].text
    place, person, poll = message["location"], message["contact"], message["poll"]
    if said or not (place or person or poll):
        return said
    if place:
        venue = message["venue"]
        point = f"{place['latitude'].text}, {place['longitude'].text}"
        return "\n".join(part for part in (venue["title"].text, venue["address"].text, point) if part)
    if person:
        return f"{person['first_name'].text} {person['last_name'].text}: {person['phone_number'].text}"
    return poll["question"].text


def _attachments(message: Node) -> Iterator[Attachment]:
    largest = list(message["photo"].each())[-1:]
    for photo in largest:
        yield kept_elsewhere("photo.jpg", "image/jpeg", f"telegram:{photo['file_id'].id}", photo["file_size"].count)
    for kind, media_type in _MEDIA.items():
        file = message[kind]
        if file and not (kind == "document" and message["animation"]):
            given = file["mime_type"].short or media_type
            yield kept_elsewhere(
                file["file_name"].short or kind, given, f"telegram:{file['file_id'].id}", file["file_size"].count
            )
