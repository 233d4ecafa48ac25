"""To which conversation does this mail belong? The token in reply addresses and Message-IDs, written and read."""

import hmac
import re
from base64 import b32encode
from typing import Final
from uuid import UUID

TOKEN_BYTES: Final = 16
TOKEN_LENGTH: Final = 26

_TOKEN = rf"(?P<token>[a-z2-7]{{{TOKEN_LENGTH}}})"
_NOTICE = r"(?P<notice>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_DOMAIN = r"(?P<domain>[a-z0-9.-]{1,253})"
_REPLY_ADDRESS = re.compile(rf"reply\+{_TOKEN}@{_DOMAIN}", re.IGNORECASE | re.ASCII)
_MESSAGE_ID = re.compile(rf"{_NOTICE}\.{_TOKEN}@{_DOMAIN}", re.IGNORECASE | re.ASCII)


def conversation_token(key: bytes, conversation_id: UUID) -> str:
    """Base32, lower case, of the first 16 bytes of HMAC-SHA256(key, the id in its usual text form)."""
    digest = hmac.digest(key, str(conversation_id).encode("ascii"), "sha256")
    return b32encode(digest[:TOKEN_BYTES]).decode("ascii").rstrip("=").lower()


def reply_address(token: str, domain: str) -> str:
    return f"reply+{token}@{domain}"


def message_id(notice_id: UUID, token: str, domain: str) -> str:
    """With its angle brackets; the same for every attempt to send the notice."""
    return f"<{notice_id}.{token}@{domain}>"


def read_reply_address(address: str) -> str | None:
    """The token, in lower case. Any domain passes: what a token is worth its look-up decides."""
    return _token(_REPLY_ADDRESS, address)


def read_message_id(text: str) -> str | None:
    """The token, in lower case, of a Message-ID of ours, with or without angle brackets."""
    return _token(_MESSAGE_ID, text)


def _token(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.fullmatch(text.strip().removeprefix("<").removesuffix(">"))
    return None if found is None else found["token"].lower()
