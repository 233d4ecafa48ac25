"""How is somebody else's text made fit to store? No NULs, no half characters, one kind of line end, a limit."""

import re
from typing import Final

MAX_TEXT: Final = 100_000
MAX_SHORT: Final = 1_000
MAX_ID: Final = 512

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """Any length; every line end becomes a line feed."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def long_text(text: str) -> str:
    return clean(text)[:MAX_TEXT]


def short_text(text: str | None) -> str | None:
    """One line; nothing instead of blank."""
    if not text:
        return None
    return _SPACES.sub(" ", clean(text)).strip()[:MAX_SHORT] or None


def identifier(text: str) -> str:
    return _SPACES.sub(" ", clean(text)).strip()[:MAX_ID]
