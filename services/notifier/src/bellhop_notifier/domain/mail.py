"""How does a notice look as a mail? Addresses, threading and marks as plain values; broken headers are refused."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bellhop_common.tokens import message_id, reply_address
from bellhop_notifier.domain.outbound import Outbound

MAX_REFERENCES: Final = 20
MAX_SUBJECT: Final = 200

# No control characters, no blanks, one @: enough to keep a header a header.
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f<>,;:\"()\[\]\\@]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>", re.ASCII)
_INVISIBLE = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Postmark:
    """What the conversation's thread hangs on; `unsubscribe` is a link, where the class needs one."""

    token: str
    reply_domain: str
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """`envelope_from` is where bounces go; `headers` beyond those named here are in order."""

    envelope_from: str
    to: str
    cc: tuple[str, ...]
    from_name: str
    from_address: str
    reply_to: str
    subject: str
    message_id: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnsafeHeader:
    """`name` of the header that would carry more than it should; the value isn't repeated."""

    name: str


def compose(outbound: Outbound, rendered: Rendered, postmark: Postmark) -> Mail | UnsafeHeader:
    addresses = [("To", outbound.address), ("From", outbound.from_address or ""), *(("Cc", one) for one in outbound.cc)]
    unsafe = next((name for name, value in addresses if not _ADDRESS.fullmatch(value)), None)
    if unsafe is not None:
        return UnsafeHeader(unsafe)
    back = reply_address(postmark.token, postmark.reply_domain)
    if not _ADDRESS.fullmatch(back):
        return UnsafeHeader("Reply-To")
    return Mail(
        envelope_from=back,
        to=outbound.address,
        cc=outbound.cc,
        from_name=one_line(outbound.from_name),
        from_address=outbound.from_address or "",
        reply_to=back,
        subject=one_line(rendered.subject)[:MAX_SUBJECT],
        message_id=message_id(UUID(outbound.notice_id), postmark.token, postmark.reply_domain),
        text=rendered.text,
        html=rendered.html,
        headers=tuple(_headers(outbound, postmark)),
    )


def one_line(text: str) -> str:
    """Without line breaks, control characters, and marks that turn text around or hide it."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def thread_subject(subject: str | None) -> str | None:
    """`Re: ` once, however often it was answered."""
    bare = one_line(subject or "")
    if not bare:
        return None
    return bare if bare[:3].lower() == "re:" else f"Re: {bare}"


def _headers(outbound: Outbound, postmark: Postmark) -> list[tuple[str, str]]:
    headers = [("Auto-Submitted", outbound.automatic), ("X-Loop", postmark.reply_domain)]
    parent = _safe_ids((outbound.in_reply_to or "",))
    if parent:
        known = [one for one in _safe_ids(outbound.references) if one not in parent]
        headers += [("In-Reply-To", parent[0]), ("References", " ".join([*known[-MAX_REFERENCES:], parent[0]]))]
    if postmark.unsubscribe is not None:
        headers += [
            ("List-Unsubscribe", f"<{postmark.unsubscribe}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    return headers


def _safe_ids(ids: tuple[str, ...]) -> list[str]:
    """Some senders leave out the angle brackets; whatever else is odd is dropped."""
    bracketed = (one.strip() if one.strip().startswith("<") else f"<{one.strip()}>" for one in ids)
    return [one for one in bracketed if _MESSAGE_ID.fullmatch(one)]
