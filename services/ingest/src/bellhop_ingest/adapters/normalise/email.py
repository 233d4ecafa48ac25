"""What is this mail? A contact, a parked one with its reason, or a refusal; for any bytes at all.

Parsing may take more time and memory than a service can spare, so it is run in `parser_process`.
"""

from dataclasses import dataclass, replace

from bellhop_ingest.adapters.normalise.mail_authentication import authenticate, proves_sender
from bellhop_ingest.adapters.normalise.mail_bounces import bounced_recipients, failed_recipients, returned_message_id
from bellhop_ingest.adapters.normalise.mail_headers import MailHead, has_fields, occurred_at, read_head
from bellhop_ingest.adapters.normalise.mail_limits import over_limit
from bellhop_ingest.adapters.normalise.mail_parts import Content, MailPart, parse_message, read_content
from bellhop_ingest.adapters.normalise.mail_repair import repaired
from bellhop_ingest.adapters.normalise.quotes import reply_text
from bellhop_ingest.adapters.unreadable import BROKEN, unreadable_mail
from bellhop_ingest.domain.arrival import Arrival, Handle, Sender
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import mail_digest
from bellhop_ingest.domain.mail_loops import (
    automatic_reply_unwanted,
    first,
    is_bounce_without_recipients,
    looks_like_bounce,
    park_mark,
)
from bellhop_ingest.domain.outcomes import BouncedRecipient, Outcome, Parked, ParkReason, refused
from bellhop_ingest.domain.reception import Reception

PROVIDER = "email"
_LOOKED_AT = 100_000


@dataclass(frozen=True, slots=True)
class _Mail:
    raw: bytes
    head: MailHead
    message: MailPart
    reception: Reception


def normalise_email(raw: bytes, reception: Reception) -> tuple[Outcome, ...]:
    if b"\n" not in raw[:_LOOKED_AT]:
        raw = raw.replace(b"\r", b"\n")
    if not has_fields(raw):
        return (refused("mail", f"{len(raw)} bytes without header fields", "a mail (RFC 5322)"),)
    too_much = over_limit(raw, reception.max_mail_bytes)
    if too_much is not None:
        return (too_much,)
    try:
        mail = repaired(raw)
        message = parse_message(mail)
        return (_judge(_Mail(raw, read_head(mail, message, reception), message, reception)),)
    except BROKEN as error:
        # What it had filled is free again only after this block.
        cause = type(error).__name__
    return (unreadable_mail(raw, reception, cause),)


def _judge(mail: _Mail) -> Arrival | Parked:
    arrival = _arrival(mail, read_content(mail.message))
    address = mail.head.sender.address if mail.head.sender else None
    bounced = _bounced(mail, address)
    if bounced or is_bounce_without_recipients(mail.head.headers, address):
        returned = returned_message_id(mail.raw, mail.head.thread.message_id)
        return Parked(arrival, ParkReason.BOUNCE, None, bounced, returned)
    mark = park_mark(mail.head.headers, address, mail.reception)
    if mark is not None:
        return Parked(arrival, mark.reason, mark.detail)
    if address is None:
        return Parked(arrival, ParkReason.NO_SENDER, "no address in From, Sender or Return-Path")
    if arrival.is_empty:
        return Parked(arrival, ParkReason.EMPTY, "no subject, no text, no attachment")
    return arrival


def _bounced(mail: _Mail, address: str | None) -> tuple[BouncedRecipient, ...]:
    if not looks_like_bounce(mail.head.headers, address):
        return ()
    return bounced_recipients(mail.raw, mail.message) or failed_recipients(
        first(mail.head.headers, "x-failed-recipients")
    )


def _arrival(mail: _Mail, content: Content) -> Arrival:
    head, digest = mail.head, mail_digest(mail.raw)
    authentication = authenticate(head.headers, mail.reception)
    sender = _sender(head, verified=proves_sender(authentication))
    own = tuple(handle.value for handle in sender.handles)
    return Arrival(
        channel=Channel.EMAIL,
        entry_point=mail.reception.entry_point,
        provider=PROVIDER,
        provider_message_id=head.thread.message_id or digest,
        occurred_at=occurred_at(head, mail.reception),
        sender=sender,
        text=content.text,
        reply_text=reply_text(content.text, head.subject),
        digest=digest,
        subject=head.subject,
        html=content.html,
        attachments=content.attachments,
        thread=replace(head.thread, participants=tuple(dict.fromkeys((*own, *head.thread.participants)))),
        reply_handle=head.reply_to,
        authentication=authentication,
        automatic_reply_unwanted=automatic_reply_unwanted(head.headers),
    )


def _sender(head: MailHead, *, verified: bool) -> Sender:
    if head.sender is None:
        return Sender()
    return Sender((Handle(HandleKind.EMAIL, head.sender.address, verified),), name=head.sender.name or None)
