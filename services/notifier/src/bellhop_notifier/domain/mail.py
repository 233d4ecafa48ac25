"""How does a notice look as a mail? Addresses, threading and marks as plain values; broken headers are refused."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bellhop_common.tokens import message_id, reply_address
from bellhop_notifier.domain.outbound import Outbound

MAX_REFERENCES: Final = 20
MAX_SUBJECT: Final = 200

# No control characters, no blanks, nothing that parts addresses: enough to keep a header a header.
_LOCAL_PART = re.compile(r"[^\s\x00-\x1f\x7f<>,;:\"()\[\]\\@]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}", re.ASCII)
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

    @property
    def is_international(self) -> bool:
        """Whether an address needs a mail server that takes UTF-8 (RFC 6531)."""
        return not all(one.isascii() for one in (self.to, *self.cc, self.from_address))


@dataclass(frozen=True, slots=True)
class UnsafeHeader:
    """`name` of the header that would carry more than it should; the value isn't repeated."""

    name: str


def compose(outbound: Outbound, rendered: Rendered, postmark: Postmark) -> Mail | UnsafeHeader:
    """Domains in other scripts are written as the mail system knows them; names before the @ stay as they are."""
    back = safe_address(reply_address(postmark.token, postmark.reply_domain))
    to, sender = safe_address(outbound.address), safe_address(outbound.from_address or "")
    copies = [safe_address(one) for one in outbound.cc]
    cc = tuple(one for one in copies if one is not None)
    if to is None or len(cc) < len(copies):
        return UnsafeHeader("To" if to is None else "Cc")
    if sender is None or back is None:
        return UnsafeHeader("From" if sender is None else "Reply-To")
    return Mail(
        envelope_from=back,
        to=to,
        cc=cc,
        from_name=one_line(outbound.from_name),
        from_address=sender,
        reply_to=back,
        subject=one_line(rendered.subject)[:MAX_SUBJECT],
        message_id=message_id(UUID(outbound.notice_id), postmark.token, postmark.reply_domain),
        text=rendered.text,
        html=rendered.html,
        headers=tuple(_headers(outbound, postmark)),
    )


def safe_address(text: str) -> str | None:
    """The address with its domain in ASCII; None if it is more, or less, than an address."""
    local, at, domain = text.rpartition("@")
    try:
        encoded = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if not at or not _LOCAL_PART.fullmatch(local) or _INVISIBLE.search(local) or not _DOMAIN.fullmatch(encoded):
        return None
    return f"{local}@{encoded}"


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
