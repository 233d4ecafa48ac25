"""Which certificates a download trusts: those that the machine's other programs trust."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_ASKED = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_USUAL = "SSL_CERT_FILE"


@contextmanager
def usual_certificates() -> Iterator[None]:
    """The HTTP client below the resolver doesn't know SSL_CERT_FILE, which is what is set behind most proxies."""
    usual = os.environ.get(_USUAL, "")
    if not usual or any(os.environ.get(name) for name in _ASKED):
        yield
        return
    os.environ[_ASKED[0]] = usual
    try:
        yield
    finally:
        del os.environ[_ASKED[0]]
