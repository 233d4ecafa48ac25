"""What does a mail hold? Its text as a reader would see it, and everything else as attachments."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesFeedParser
from typing import Final

import mailparser

from bellhop_ingest.adapters.normalise.charsets import decode
from bellhop_ingest.adapters.normalise.html_text import html_to_text, presentable
from bellhop_ingest.adapters.normalise.texts import MAX_TEXT, clean, long_text, short_text
from bellhop_ingest.domain.arrival import Attachment

MailPart = Message
_LONGEST_NAME = 200
_PIECE = 64 * 1024
MOST_READ: Final = 512 * 1024
_BODY_TYPES = frozenset({"text/plain", "text/html"})


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]


@dataclass(slots=True)
class _Found:
    """Collected while walking; a text/html that stands for a text/plain is kept for show only."""

    texts: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def parse_message(raw: bytes) -> MailPart:
    """Fed piece by piece: the parser's own way with bytes takes five times their size."""
    parser = BytesFeedParser()
    for start in range(0, len(raw), _PIECE):
        parser.feed(raw[start : start + _PIECE])
    return parser.close()


def read_content(message: MailPart) -> Content:
    found = _Found()
    _walk(message, found)
    text = clean("\n\n".join(part.strip("\r\n") for part in found.texts)).strip("\n")
    if len(text) > MAX_TEXT and not any(one.name.startswith("message.") for one in found.attachments):
        found.attachments.append(_attachment("message.txt", "text/plain", text.encode()))
    html = presentable("\n".join(found.html)) if found.html else None
    return Content(long_text(text), html, tuple(found.attachments))


def _walk(part: MailPart, found: _Found) -> None:
    content_type = part.get_content_type()
    children = part.get_payload()
    if not isinstance(children, list):
        _leaf(part, content_type, found)
    elif content_type == "multipart/alternative":
        _alternative(part, found)
    elif content_type.startswith("message/"):
        _nested(part, content_type, found)
    else:
        for child in _parts(part):
            _walk(child, found)


def _alternative(part: MailPart, found: _Found) -> None:
    """Plain text says what was written; HTML is asked only where that is missing or blank."""
    branches = []
    for child in _parts(part):
        branch = _Found()
        _walk(child, branch)
        branches.append((child.get_content_type(), branch))
    plain = [one for kind, one in branches if kind == "text/plain" and any(text.strip() for text in one.texts)]
    chosen = (plain or [one for _, one in reversed(branches) if any(text.strip() for text in one.texts)])[:1]
    for one in chosen:
        found.texts.extend(one.texts)
    for _, branch in branches:
        found.html.extend(branch.html)
        found.attachments.extend(branch.attachments)


def _leaf(part: MailPart, content_type: str, found: _Found) -> None:
    name, disposition = file_name(part), _disposition(part)
    body = content_type in _BODY_TYPES or content_type.startswith("multipart/")
    if disposition == "attachment" or not body or (name and disposition != "inline"):
        _attach(part, name, found)
        return
    content = _bytes(part)
    text = _text(part, content)
    if len(content) > MOST_READ:
        whole = "message.html" if content_type == "text/html" else "message.txt"
        found.attachments.append(_attachment(whole, content_type, content))
    if content_type != "text/html":
        found.texts.append(text)
    elif text.strip():
        found.html.append(text)
        found.texts.append(html_to_text(text))


def _attach(part: MailPart, name: str | None, found: _Found) -> None:
    """A lone text of an unusual kind is read rather than attached: somebody wrote to us in it."""
    content, content_type = _bytes(part), part.get_content_type()
    if content_type.startswith("text/") and not (name or found.texts or _disposition(part)):
        found.texts.append(_text(part, content))
    elif content or name:
        inline = "content-id" in part or _disposition(part) == "inline"
        found.attachments.append(_attachment(name or _plain_name(content_type), content_type, content, inline=inline))


def _nested(part: MailPart, content_type: str, found: _Found) -> None:
    """A mail inside the mail is a file of its own; reports are read elsewhere."""
    inner = next(_parts(part), None)
    subject = None if inner is None else short_text(mailparser.utils.decode_header_part(inner.get("subject")))
    content = b"\n\n".join(_source(child) for child in _parts(part))
    name = file_name(part) or (f"{subject[:_LONGEST_NAME]}.eml" if subject else _plain_name(content_type))
    if content.strip():
        found.attachments.append(_attachment(name, content_type, content))


def file_name(part: MailPart) -> str | None:
    """As its sender called it, without a path: it is shown, never opened."""
    view, _ = mailparser.utils.mime_header_view(part)
    given = short_text(mailparser.utils.decode_header_part(view.get_filename()))
    if given is None and "content-location" in part:
        given = short_text(str(part["content-location"]))
    return given.replace("\\", "/").rpartition("/")[2][:_LONGEST_NAME] or None if given else None


def _attachment(name: str, media_type: str, content: bytes, *, inline: bool = False) -> Attachment:
    sha256 = hashlib.sha256(content).hexdigest()
    return Attachment(name, media_type[:200], len(content), sha256, inline=inline, content=content)


def _parts(part: MailPart) -> Iterator[MailPart]:
    children = part.get_payload()
    return (child for child in children if isinstance(child, Message)) if isinstance(children, list) else iter(())


def _disposition(part: MailPart) -> str | None:
    value = str(part.get("content-disposition") or "").partition(";")[0].strip().lower()
    return value or None


def _text(part: MailPart, content: bytes) -> str:
    view, _ = mailparser.utils.mime_header_view(part)
    return decode(content[:MOST_READ], view.get_content_charset())


def _bytes(part: MailPart) -> bytes:
    """An unknown transfer encoding is taken as none."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _source(part: MailPart) -> bytes:
    try:
        return part.as_bytes()
    except (LookupError, ValueError, TypeError, AttributeError):
        return str(part.get_payload()).encode("utf-8", "replace")


def _plain_name(content_type: str) -> str:
    extension = {"message/rfc822": "eml", "message/delivery-status": "txt", "text/calendar": "ics"}.get(content_type)
    return f"{content_type.partition('/')[0] or 'file'}.{extension or content_type.rpartition('/')[2][:20]}"
