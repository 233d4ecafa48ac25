"""Did this really come from the provider? Each one's signature over the raw bytes.

Meta: `X-Hub-Signature-256`, HMAC-SHA256 of the body (Graph API webhooks). Twilio: `X-Twilio-Signature`,
base64 of HMAC-SHA1 over the public address and the sorted form fields (Twilio request validation).
"""

import base64
import hmac
from collections.abc import Sequence

from bellhop_ingest.adapters.secrets import any_matches


def meta_signed(secrets: tuple[bytes, ...], header: str | None, body: bytes) -> bool:
    if header is None or not header.startswith("sha256="):
        return False
    return any_matches(secrets, header, lambda secret: "sha256=" + hmac.digest(secret, body, "sha256").hex())


def twilio_signed(secrets: tuple[bytes, ...], header: str | None, url: str, fields: Sequence[tuple[str, str]]) -> bool:
    """`url` is the public one, as the provider called it. A repeated field counts once per distinct value."""
    if header is None:
        return False
    text = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return any_matches(secrets, header, lambda secret: _base64_sha1(secret, text.encode()))


def _base64_sha1(secret: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, text, "sha1")).decode()
