"""What does a mail look like on the wire? Headers, two versions of its words, and lines that end as they should."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8
from email.utils import format_datetime
from typing import Final

from bellhop_notifier.adapters.providers.port import Permanent
from bellhop_notifier.domain.mail import Mail

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")


def as_bytes(mail: Mail, now: datetime) -> bytes:
    """The policy refuses line breaks in headers, should any have come so far."""
    message = EmailMessage(policy=SMTPUTF8 if mail.is_international else SMTP_POLICY)
    try:
        message["From"] = _address(mail.from_address, mail.from_name)
        message["To"] = _address(mail.to)
        if mail.cc:
            message["Cc"] = [_address(one) for one in mail.cc]
        message["Reply-To"] = _address(mail.reply_to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = mail.message_id
        for name, value in mail.headers:
            message[name] = value
    except ValueError as error:
        raise Permanent("unsafe-header") from error
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()


def as_content(written: bytes) -> bytes:
    """With the dot that ends it, and none before that."""
    lines = _LINE_END.sub(b"\r\n", written).removesuffix(b"\r\n")
    return _LEADING_DOT.sub(b"..", lines) + b"\r\n.\r\n"


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)
