"""Who vouches that the sender is the sender? Only our own mail servers' Authentication-Results (RFC 8601)."""

from collections.abc import Iterable

import authres

from bellhop_ingest.domain.arrival import Authentication
from bellhop_ingest.domain.mail_loops import Headers
from bellhop_ingest.domain.reception import Reception

# DMARC ties a verdict to the visible From; DKIM and SPF alone may be anybody's.
_STRONGEST_FIRST = ("dmarc", "dkim", "spf")


def authenticate(headers: Headers, reception: Reception) -> Authentication | None:
    """The topmost verdict of a server that we trust; what a sender writes there counts for nothing."""
    for value in headers.get("authentication-results", ())[:10]:
        server, results = _parse(value)
        if server in reception.trusted_servers:
            return _strongest(results)
    return None


def proves_sender(authentication: Authentication | None) -> bool:
    return authentication == Authentication("dmarc", "pass")


def _parse(value: str) -> tuple[str, dict[str, str]]:
    try:
        parsed = authres.all_features().parse_value(value[:4_000])
    except (authres.AuthResError, ValueError, TypeError, AttributeError, IndexError):
        return "", {}
    return str(parsed.authserv_id or "").casefold(), _by_method(parsed.results)


def _by_method(results: Iterable[object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in results:
        method, result = str(getattr(one, "method", "")), str(getattr(one, "result", ""))
        if found.get(method) != "pass":
            found[method] = result
    return found


def _strongest(results: dict[str, str]) -> Authentication | None:
    return next((Authentication(method, results[method]) for method in _STRONGEST_FIRST if method in results), None)
