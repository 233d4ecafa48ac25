"""What was written into a web form? Known fields become the contact, the others ride along as attributes."""

import re
from collections.abc import Iterable

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.texts import MAX_SHORT, long_text
from bellhop_ingest.adapters.phone_numbers import e164
from bellhop_ingest.domain.arrival import Arrival, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.languages import language_tag
from bellhop_ingest.domain.outcomes import FieldError, Outcome, Parked, ParkReason, Refused
from bellhop_ingest.domain.reception import Reception

PROVIDER = "form"
LONGEST_MESSAGE = 20_000
_MOST_ATTRIBUTES = 50
_LONGEST_EMAIL = 254

_MESSAGE = ("message", "text", "body", "comment", "comments", "question", "description", "content")
_NAME = ("name", "full_name", "fullname", "your_name", "your-name")
_EMAIL = ("email", "e-mail", "email_address", "mail", "your-email", "your_email")
_PHONE = ("phone", "telephone", "tel", "phone_number", "mobile")
_SUBJECT = ("subject", "topic", "title", "your-subject")
_LOCALE = ("locale", "language", "lang")
_SUBMISSION = ("idempotency_key", "submission_id", "id", "form_id")
HONEYPOTS = ("_gotcha", "honeypot", "_honeypot", "hp", "_hp", "website_url", "leave_empty", "bot-field", "fax_only")
_KNOWN = frozenset((*_MESSAGE, *_NAME, *_EMAIL, *_PHONE, *_SUBJECT, *_LOCALE, *_SUBMISSION, *HONEYPOTS))
_ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,253}\.[^\s@<>,;.\"]{2,63}")


def normalise_form(body: Node, reception: Reception, channel: Channel = Channel.FORM) -> tuple[Outcome, ...]:
    fields = Node({name.casefold(): value.value for name, value in body.items()})
    errors = tuple(_errors(fields))
    if errors:
        return (Refused(errors, _submission(fields)),)
    arrival = _arrival(fields, reception, channel)
    if any(fields[name].text.strip() for name in HONEYPOTS):
        return (Parked(arrival, ParkReason.SPAM, "a field that people don't see was filled in"),)
    if not arrival.sender.handles and channel is Channel.FORM:
        return (Parked(arrival, ParkReason.NO_SENDER, "neither an e-mail address nor a phone number"),)
    return (arrival,)


def is_address(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and bool(_ADDRESS.fullmatch(text))


def _errors(fields: Node) -> Iterable[FieldError]:
    message, email = fields.any_of(*_MESSAGE), fields.any_of(*_EMAIL).text.strip()
    if not message.text.strip():
        yield FieldError("message", message.said if message else "nothing", "what the customer wants to say")
    if len(message.text) > LONGEST_MESSAGE:
        yield FieldError("message", f"{len(message.text)} characters", f"at most {LONGEST_MESSAGE}")
    if email and not is_address(email):
        yield FieldError("email", repr(email[:60]), "an e-mail address")
    for names in (_NAME, _SUBJECT, _PHONE):
        if len(fields.any_of(*names).text) > MAX_SHORT:
            yield FieldError(names[0], f"{len(fields.any_of(*names).text)} characters", f"at most {MAX_SHORT}")


def _arrival(fields: Node, reception: Reception, channel: Channel) -> Arrival:
    text = long_text(fields.any_of(*_MESSAGE).text).strip()
    subject, sender = fields.any_of(*_SUBJECT).short, _sender(fields, reception)
    digest = content_digest(channel, text, subject or "", *sorted(sender.keys))
    return Arrival(
        channel=channel,
        entry_point=reception.entry_point,
        provider=PROVIDER if channel is Channel.FORM else channel.value,
        # Two people may send the same words, so without a key of the sender's each submission is its own.
        provider_message_id=_submission(fields) or f"{reception.received_at.isoformat()}/{digest[:16]}",
        occurred_at=reception.received_at,
        sender=sender,
        text=text,
        reply_text=text,
        digest=digest,
        subject=subject,
        thread=Thread(),
        attributes=_attributes(fields),
    )


def _submission(fields: Node) -> str | None:
    return fields.any_of(*_SUBMISSION).id or None


def _sender(fields: Node, reception: Reception) -> Sender:
    email, phone = fields.any_of(*_EMAIL).text.strip(), e164(fields.any_of(*_PHONE).text, reception.region)
    handles = ((HandleKind.EMAIL, email.casefold()), (HandleKind.PHONE, phone or ""))
    return Sender(
        tuple(Handle(kind, value) for kind, value in handles if value),
        name=fields.any_of(*_NAME).short or _joined_name(fields),
        locale=language_tag(fields.any_of(*_LOCALE).text),
    )


def _joined_name(fields: Node) -> str | None:
    parts = (fields["first_name"].short, fields["last_name"].short)
    return " ".join(part for part in parts if part) or None


def _attributes(fields: Node) -> dict[str, str]:
    """A phone number that isn't one in E.164 is kept as it was typed."""
    others = [(name[:64], value.short) for name, value in fields.items() if name not in _KNOWN or name in _PHONE]
    return {name: value for name, value in others[:_MOST_ATTRIBUTES] if value}
