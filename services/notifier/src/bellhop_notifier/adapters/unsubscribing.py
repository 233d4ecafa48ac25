"""How does somebody refuse a kind of notice by one click? A signed link that needs no login (RFC 8058)."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Refusal:
    customer_id: UUID
    notice_class: str


def link_token(key: bytes, refusal: Refusal) -> str:
    said = f"{refusal.customer_id}.{refusal.notice_class}".encode()
    return urlsafe_b64encode(_signature(key, said) + said).decode().rstrip("=")


def read_link_token(key: bytes, token: str) -> Refusal | None:
    """None for what we never signed."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        signature, said = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(key, said)):
            return None
        customer_id, _, notice_class = said.decode().partition(".")
        return Refusal(UUID(customer_id), notice_class)
    except ValueError:
        return None


def _signature(key: bytes, said: bytes) -> bytes:
    return hmac.digest(key, b"unsubscribe/" + said, "sha256")[:SIGNATURE_BYTES]
