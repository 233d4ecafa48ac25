"""Which addresses does a bounce speak of, and are they gone for good? RFC 3464 first, then what providers write."""

import re
from collections.abc import Iterator
from email.message import Message

from flufl.bounce import all_failures

from bellhop_ingest.adapters.normalise.mail_headers import message_ids
from bellhop_ingest.adapters.normalise.mail_parts import MailPart, parse_message
from bellhop_ingest.adapters.normalise.texts import short_text
from bellhop_ingest.domain.outcomes import BouncedRecipient

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_PERMANENT = ("fail", "error")
_RETURNED_ID = re.compile(rb"^message-id[ \t]*:[ \t]*(<[^<>\r\n]{1,400}>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,253}")
_MOST_RECIPIENTS = 200
_LONGEST_READ = 64 * 1024


def bounced_recipients(raw: bytes, message: MailPart) -> tuple[BouncedRecipient, ...]:
    """Each address once. Where a report and its text disagree, the report's Action decides."""
    reported = {one.address.casefold(): one for one in _reported(message)}
    # Whom it concerns is said before the mail that came back, and the library's patterns are slow on long text.
    beginning = message if len(raw) <= _LONGEST_READ else parse_message(raw[:_LONGEST_READ].lstrip(b"\r\n"))
    temporary, permanent = _recognised(beginning)
    for address in (*permanent, *temporary):
        reported.setdefault(address.casefold(), BouncedRecipient(address, address in permanent))
    return tuple(reported.values())[:_MOST_RECIPIENTS]


def failed_recipients(header: str) -> tuple[BouncedRecipient, ...]:
    """Exim names them in `X-Failed-Recipients`."""
    return tuple(BouncedRecipient(address, permanent=True) for address in _ADDRESS.findall(header[:4_000]))


def returned_message_id(raw: bytes, own: str | None) -> str | None:
    """The id of the mail that came back, from the copy of its headers below the report's own."""
    for found in _RETURNED_ID.finditer(raw):
        ids = message_ids(found[1].decode("ascii", "replace"))
        if ids and ids[0] != own:
            return ids[0]
    return None


def _reported(message: MailPart) -> Iterator[BouncedRecipient]:
    for part in message.walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            yield from (one for block in blocks if isinstance(block, Message) and (one := _recipient(block)))


def _recipient(block: MailPart) -> BouncedRecipient | None:
    action = str(block.get("action") or "").strip().lower()
    named = _address(block.get("original-recipient")) or _address(block.get("final-recipient"))
    if named is None or not action.startswith((*_PERMANENT, "delayed")):
        return None
    status = _STATUS.search(str(block.get("status") or ""))
    return BouncedRecipient(
        address=named,
        permanent=action.startswith(_PERMANENT),
        status=status[0] if status else None,
        diagnostic=short_text(str(block.get("diagnostic-code") or "")),
    )


def _address(field: object) -> str | None:
    """`rfc822; ana@example.com`, with or without the type, brackets and comments."""
    text = str(field or "").rpartition(";")[2].strip()
    found = _ADDRESS.search(text)
    return found[0] if found and "\ufffd" not in found[0] else None


def _recognised(message: MailPart) -> tuple[list[str], list[str]]:
    """The library reads English of 1999 to today; on text that breaks it there is nothing to learn."""
    try:
        temporary, permanent = all_failures(message)
    except (ValueError, TypeError, AttributeError, LookupError):
        return [], []
    gone = sorted(_plain(address) for address in permanent if b"@" in address)
    return sorted(one for address in temporary if (one := _plain(address)) not in gone), gone


def _plain(address: bytes) -> str:
    return address.decode("ascii", "replace")
