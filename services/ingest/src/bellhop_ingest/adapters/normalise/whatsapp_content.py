"""What did the customer send in a WhatsApp message? Text for every kind, media by reference."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.texts import long_text
from bellhop_ingest.domain.arrival import Attachment

_MEDIA = ("image", "video", "audio", "document", "sticker")
_SHA256_BYTES = 32


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    attachments: tuple[Attachment, ...] = ()


def content_of(message: Node) -> Content:
    """A kind that nobody knows yet is still a message of theirs, so it says what it is."""
    kind = message["type"].text
    if kind in _MEDIA:
        return _media(kind, message[kind])
    if kind in _TEXTS and kind in message:
        return Content(long_text(_TEXTS[kind](message[kind])))
    reason = message["errors"].first()
    detail = reason["error_data"]["details"].text or reason["title"].text
    named = message["unsupported"]["type"].text or kind or "unknown"
    return Content(f"[{named}: {detail}]" if detail else f"[{named}]")


def sha256_text(given: str) -> str:
    """Base64 as WhatsApp writes it becomes hex; anything else stays as it came."""
    try:
        raw = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return given
    return raw.hex() if len(raw) == _SHA256_BYTES else given


def _media(kind: str, media: Node) -> Content:
    attachment = Attachment(
        name=media["filename"].short or kind,
        media_type=media["mime_type"].short or "application/octet-stream",
        size=media["file_size"].count,
        sha256=sha256_text(media["sha256"].id),
        ref=f"whatsapp:{media['id'].id}",
    )
    return Content(long_text(media["caption"].text), (attachment,))


def _location(place: Node) -> str:
    parts = (place["name"].text, place["address"].text, f"{place['latitude'].text}, {place['longitude'].text}")
    return "\n".join(part for part in (*parts, place["url"].text) if part)


def _contacts(cards: Node) -> str:
    return "\n".join(_card(card) for card in cards.each())


def _card(card: Node) -> str:
    numbers = ", ".join(phone["phone"].text for phone in card["phones"].each())
    mails = ", ".join(mail["email"].text for mail in card["emails"].each())
    return ": ".join(part for part in (card["name"]["formatted_name"].text, numbers, mails) if part)


def _order(order: Node) -> str:
    items = (
        f"{item['quantity'].text} × {item['product_retailer_id'].text}"
        f" ({item['item_price'].text} {item['currency'].text})"
        for item in order["product_items"].each()
    )
    return "\n".join(part for part in (order["text"].text, *items) if part)


def _interactive(answer: Node) -> str:
    chosen = answer.any_of("button_reply", "list_reply", "nfm_reply", "call_permission_reply")
    parts = (chosen["title"].text, chosen["description"].text, chosen["body"].text, chosen["response"].text)
    said = [part for part in parts if part]
    if answer["type"].text == "nfm_reply" and chosen["response_json"].text:
        said.append(chosen["response_json"].text)
    return "\n".join(said) or f"[{answer['type'].text or 'interactive'}]"


_TEXTS: Mapping[str, Callable[[Node], str]] = {
    "text": lambda node: node["body"].text,
    "button": lambda node: node["text"].text or node["payload"].text,
    "location": _location,
    "contacts": _contacts,
    "order": _order,
    "interactive": _interactive,
}
