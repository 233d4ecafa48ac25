"""Who wrote to whom, when and about what? A mail's header fields, decoded and bounded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message

import mailparser

from bellhop_common.tokens import read_message_id, read_reply_address
from bellhop_ingest.adapters.normalise.mail_limits import header_block
from bellhop_ingest.adapters.normalise.texts import clean, identifier, short_text
from bellhop_ingest.domain.arrival import Thread
from bellhop_ingest.domain.mail_loops import Headers, first
from bellhop_ingest.domain.reception import Reception

_MESSAGE_ID = re.compile(r"<([^<>]{1,400})>")
_MOST_REFERENCES = 50
_MOST_PARTICIPANTS = 100
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_FUTURE = timedelta(days=1)
_FIELD = re.compile(rb"(From |[!-9;-~]+[ \t]*:)")
# Without the parts that they announce, they would only be complained about.
_CONTENT_FIELDS = re.compile(
    rb"^(content-[a-z-]+|mime-version):[^\n]*(\n[ \t][^\n]*)*\n?", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MailHead:
    """`sender` may be missing; `reply_to` only where it differs from the sender."""

    headers: Headers
    sender: Mailbox | None
    reply_to: str | None
    subject: str | None
    date: datetime | None
    thread: Thread


def has_fields(raw: bytes) -> bool:
    """Whether it begins as a mail does; anything may follow."""
    return bool(_FIELD.match(raw[:4_000].lstrip(b"\r\n")))


def read_head(raw: bytes, message: Message, reception: Reception) -> MailHead:
    """Addresses and dates are read from the header block alone, so that no attachment is held in memory twice."""
    block = _CONTENT_FIELDS.sub(b"", header_block(raw))
    parsed = mailparser.parse_from_bytes(block + b"\n\n")
    headers = _decoded(message)
    sender = _sender(parsed, headers)
    reply_to = next(iter(_mailboxes(parsed.reply_to)), None)
    return MailHead(
        headers=headers,
        sender=sender,
        reply_to=reply_to.address if reply_to and (not sender or reply_to.address != sender.address) else None,
        subject=short_text(first(headers, "subject")),
        date=parsed.date,
        thread=_thread(parsed, headers, reception),
    )


def occurred_at(head: MailHead, reception: Reception) -> datetime:
    """The sender's clock, unless it's missing or runs far ahead."""
    date = head.date
    if date is None:
        return reception.received_at
    aware = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    return reception.received_at if aware > reception.received_at + _FUTURE else aware


def message_ids(text: str) -> tuple[str, ...]:
    """With their angle brackets and without white space inside, each once."""
    found = (f"<{''.join(match.split())}>" for match in _MESSAGE_ID.findall(text))
    return tuple(dict.fromkeys(found))


def _decoded(message: Message) -> Headers:
    found: dict[str, list[str]] = {}
    for name, value in message.items():
        found.setdefault(name.strip().lower(), []).append(clean(mailparser.utils.decode_header_part(value)))
    return found


def _sender(parsed: mailparser.MailParser, headers: Headers) -> Mailbox | None:
    """Some machines leave out From, or write something into it that is no address."""
    path = re.fullmatch(r"\s*<?([^<>\s]+@[^<>\s]+)>?\s*", first(headers, "return-path"))
    boxes = (*_mailboxes(parsed.from_), *_mailboxes(parsed.sender))
    return next(iter(boxes), Mailbox("", identifier(path[1]).casefold()) if path else None)


def _mailboxes(pairs: Iterable[tuple[str, str]] | str) -> tuple[Mailbox, ...]:
    if isinstance(pairs, str):
        return ()
    found = (Mailbox(_name(name), identifier(address).strip("<>")) for name, address in pairs)
    return tuple(Mailbox(box.name, box.address.casefold()) for box in found if "@" in box.address.strip("@"))


def _name(given: str) -> str:
    """Some programs put an encoded word into quotes, where by the rules it is none."""
    decoded = mailparser.utils.decode_header_part(given) if "=?" in given else given
    return short_text(decoded) or ""


def _thread(parsed: mailparser.MailParser, headers: Headers, reception: Reception) -> Thread:
    replied = message_ids(first(headers, "in-reply-to"))
    references = message_ids(" ".join(headers.get("references", ())))
    newest_first = tuple(dict.fromkeys((*replied, *reversed(references))))[:_MOST_REFERENCES]
    visible = [box.address for box in (*_mailboxes(parsed.to), *_mailboxes(parsed.cc))]
    delivered = [identifier(value).strip("<> ").casefold() for name in _DELIVERED for value in headers.get(name, ())]
    to_addresses = tuple(dict.fromkeys((*visible, *(one.casefold() for one in reception.recipients), *delivered)))
    own_id = message_ids(first(headers, "message-id"))
    return Thread(
        message_id=own_id[0] if own_id else None,
        in_reply_to=replied[0] if replied else None,
        references=newest_first,
        tokens=_tokens(to_addresses, newest_first),
        to_addresses=to_addresses[:_MOST_PARTICIPANTS],
        participants=tuple(dict.fromkeys(one for one in visible if not reception.is_own(one)))[:_MOST_PARTICIPANTS],
    )


def _tokens(addresses: Iterable[str], references: Iterable[str]) -> tuple[str, ...]:
    found = (*map(read_reply_address, addresses), *map(read_message_id, references))
    return tuple(dict.fromkeys(token for token in found if token is not None))
