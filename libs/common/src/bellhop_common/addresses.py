"""Is this the address of a server, before anybody tries to reach it? What would be right is said otherwise."""

import re
from typing import Final
from urllib.parse import urlsplit

_HOST_AND_PORT: Final = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\s:\[\]/@,]+):(?P<port>[0-9]{1,5})")
_HOST: Final = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\s:\[\]/@,]*)(?::(?P<port>[0-9]{1,5}))?")
_HIGHEST_PORT: Final = 65_535


def kafka_bootstrap(text: str) -> str:
    """Raises `ValueError`."""
    if not all(_is_right(_HOST_AND_PORT, one.strip()) for one in text.split(",")):
        raise ValueError("expected host:port, or several of them with commas, such as 127.0.0.1:9092")
    return text


def postgres_dsn(text: str) -> str:
    """Raises `ValueError`, which never shows the DSN: it may hold a password."""
    scheme, _, rest = text.partition("://")
    hosts = re.split(r"[/?#]", rest.rpartition("@")[2], maxsplit=1)[0]
    if scheme not in {"postgresql", "postgres"} or not all(_is_right(_HOST, one) for one in hosts.split(",")):
        raise ValueError("expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return text


def http_url(text: str) -> str:
    """Without a slash at its end; raises `ValueError`."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError("expected an address such as http://127.0.0.1:8002")
    return text.rstrip("/")


def without_credentials(dsn: str) -> str:
    """The part of a DSN that may be shown."""
    return re.split(r"[/?#]", dsn.rpartition("://")[2].rpartition("@")[2] or dsn, maxsplit=1)[0]


def _is_right(pattern: re.Pattern[str], text: str) -> bool:
    found = pattern.fullmatch(text)
    return found is not None and int(found["port"] or 0) <= _HIGHEST_PORT
