"""What does a failed HTTP request mean for a message: not sent, never to be sent, or nobody knows?"""

from http import HTTPStatus
from typing import Final

import httpx2

from bellhop_notifier.adapters.providers.port import Ambiguous, Permanent, SendFailure, Temporary

NOT_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
# A gateway that gave up waiting doesn't know what became of it behind itself.
UNKNOWN: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT, HTTPStatus.REQUEST_TIMEOUT})
LATER: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
    }
)
MAX_RETRY_AFTER: Final = 3_600.0


def of_exception(error: httpx2.TransportError) -> SendFailure:
    return Temporary("provider-unreachable") if isinstance(error, NOT_SENT) else Ambiguous("no-answer")


def of_status(status: int, retry_after: str | None) -> SendFailure:
    """A refused login is ours to mend, so the message waits for that."""
    if status in UNKNOWN:
        return Ambiguous(f"http-{status}")
    if status in LATER:
        return Temporary(f"http-{status}", _seconds(retry_after))
    return Permanent(f"http-{status}")


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is None or not retry_after.isdecimal():
        return None
    return min(float(retry_after), MAX_RETRY_AFTER)
