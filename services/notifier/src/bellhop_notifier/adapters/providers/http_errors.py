"""What does a failed HTTP request mean for a message: not sent, never to be sent, or nobody knows?"""

from http import HTTPStatus
from typing import Final

import httpx2

from bellhop_notifier.adapters.providers.port import Ambiguous, Permanent, SendFailure, Temporary, unreachable

NOT_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.LocalProtocolError,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
# A gateway that gave up waiting doesn't know what became of it behind itself; Cloudflare says 520 or 524.
UNKNOWN: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT, HTTPStatus.REQUEST_TIMEOUT, 520, 524})
LATER: Final = frozenset(
    {HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
)
NEVER: Final = frozenset({HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED})
MAX_RETRY_AFTER: Final = 3_600.0


def of_exception(error: httpx2.TransportError) -> SendFailure:
    return unreachable(error) if isinstance(error, NOT_SENT) else Ambiguous("no-answer")


def of_status(status: int, retry_after: str | None) -> SendFailure:
    """A refused login is ours to mend, so the message waits for that; a server's own trouble is expected to pass."""
    if status in UNKNOWN:
        return Ambiguous(f"http-{status}")
    if status in LATER or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in NEVER):
        return Temporary(f"http-{status}", _seconds(retry_after))
    return Permanent(f"http-{status}")


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is None or not retry_after.isdecimal():
        return None
    return min(float(retry_after), MAX_RETRY_AFTER)
