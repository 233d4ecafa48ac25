"""Is this mail safe to parse? Sizes, parts and depth counted in one pass over the bytes, before any parser sees them."""

import re
from typing import Final

from bellhop_ingest.domain.outcomes import Refused, refused

MAX_HEADER_BYTES: Final = 256 * 1024
MAX_ADDRESSES: Final = 2_000
MAX_BOUNDARIES: Final = 200
MAX_PARTS: Final = 1_000
MAX_DEPTH: Final = 20
MAX_HEADER_LINES: Final = 5_000

_BOUNDARY = re.compile(rb"""boundary[*0-9]{0,4}\s{0,8}=\s{0,8}"?([^"\r\n;]{1,200})""", re.IGNORECASE)
_DELIMITER_OR_BOUNDARY = re.compile(
    rb"""^--(?P<line>[^\r\n]{1,210})|boundary[*0-9]{0,4}\s{0,8}=\s{0,8}"?(?P<name>[^"\r\n;]{1,200})""",
    re.IGNORECASE | re.MULTILINE,
)
_NESTED_MESSAGE = re.compile(rb"^content-type\s{0,8}:\s{0,8}message/(rfc822|global)", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")


def over_limit(raw: bytes, max_bytes: int) -> Refused | None:
    if len(raw) > max_bytes:
        return refused("mail", f"{len(raw)} bytes", f"at most {max_bytes}")
    head = header_block(raw)
    if len(head) > MAX_HEADER_BYTES:
        return refused("headers", f"more than {MAX_HEADER_BYTES} bytes", f"at most {MAX_HEADER_BYTES}")
    for counted, mark, most in (("lines", b"\n", MAX_HEADER_LINES), ("addresses", b"@", MAX_ADDRESSES)):
        if head.count(mark) > most:
            return refused("headers", f"{head.count(mark)} {counted}", f"at most {most}")
    return _structure(raw)


def header_block(raw: bytes) -> bytes:
    """The header fields, or a little more than what is allowed of them."""
    window = raw[: MAX_HEADER_BYTES + 2]
    found = _BLANK_LINE.search(window)
    return window if found is None else window[: found.start() + 1]


def _structure(raw: bytes) -> Refused | None:
    if len(_NESTED_MESSAGE.findall(raw)) > MAX_BOUNDARIES:
        return refused("parts", f"more than {MAX_BOUNDARIES} nested messages", f"at most {MAX_BOUNDARIES}")
    known = {name.rstrip() for name in _BOUNDARY.findall(raw)}
    if len(known) > MAX_BOUNDARIES:
        return refused("parts", f"{len(known)} boundaries", f"at most {MAX_BOUNDARIES}")
    return _count(raw, known) if known else None


def _count(raw: bytes, known: set[bytes]) -> Refused | None:
    parts, depth, open_boundaries = 0, 0, set[bytes]()
    for found in _DELIMITER_OR_BOUNDARY.finditer(raw):
        line = (found["line"] or b"").rstrip()
        if line.endswith(b"--") and line[:-2] in open_boundaries:
            open_boundaries.discard(line[:-2])
        elif line in known:
            parts += 1
        elif found["name"]:
            open_boundaries.add(found["name"].rstrip())
            depth = max(depth, len(open_boundaries))
        if parts > MAX_PARTS:
            return refused("parts", f"more than {MAX_PARTS}", f"at most {MAX_PARTS}")
        if depth > MAX_DEPTH:
            return refused("parts", f"nested more than {MAX_DEPTH} deep", f"at most {MAX_DEPTH}")
    return None
