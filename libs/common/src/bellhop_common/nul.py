"""Where does a JSON text hold NUL, which PostgreSQL can't store in text?"""

import re
from typing import Final

# As JSON writes it, unless its own backslash is escaped.
_ESCAPED: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def holds_nul(data: bytes) -> bool:
    return b"\\u0000" in data and _ESCAPED.search(data) is not None


def without_nul(data: bytes) -> bytes:
    """As in HTML, what is seen in its place says that something was there."""
    return _ESCAPED.sub(rb"\1\\ufffd", data) if b"\\u0000" in data else data
