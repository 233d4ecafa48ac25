"""Is this mail safe to parse? Sizes, parts and depth, counted over the bytes before any parser sees them."""

import heapq
import re
from typing import Final

from bellhop_ingest.domain.outcomes import Refused, refused

MAX_HEADER_BYTES: Final = 256 * 1024
MAX_ADDRESSES: Final = 2_000
MAX_BOUNDARIES: Final = 200
MAX_PARTS: Final = 1_000
MAX_DEPTH: Final = 20
MAX_HEADER_LINES: Final = 5_000

MAX_DASHED_LINES: Final = 100_000

# All of these look at lower case, where a literal beginning makes them fast.
_BOUNDARY = re.compile(rb"""boundary[*0-9]{0,4}\s{0,8}=\s{0,8}"?([^"\r\n;]{1,200})""")
_DASHED_LINE = re.compile(rb"\n--([^\r\n]{1,210})")
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
    folded = raw.lower()
    declared = [(found.start(), found[1].rstrip()) for found in _BOUNDARY.finditer(folded)]
    for what, count, most in (
        ("nested messages", folded.count(b"message/rfc822"), MAX_BOUNDARIES),
        ("boundaries", len(declared), MAX_BOUNDARIES),
        ("lines that begin with dashes", folded.count(b"\n--"), MAX_DASHED_LINES),
    ):
        if count > most:
            return refused("parts", f"{count} {what}", f"at most {most}")
    return _count(folded, declared) if declared else None


def _count(folded: bytes, declared: list[tuple[int, bytes]]) -> Refused | None:
    """A boundary is open from where it is declared to its closing line."""
    names = {name for _, name in declared}
    dashed = [(found.start(), b"--" + found[1].rstrip()) for found in _DASHED_LINE.finditer(folded)]
    parts, depth, opened = 0, 0, set[bytes]()
    for _, line in heapq.merge(declared, dashed):
        if line in names:
            opened.add(line)
            depth = max(depth, len(opened))
        elif line[2:] in names:
            parts += 1
        else:
            opened.discard(line[2:-2])
    if parts > MAX_PARTS:
        return refused("parts", f"{parts}", f"at most {MAX_PARTS}")
    return refused("parts", f"nested {depth} deep", f"at most {MAX_DEPTH}") if depth > MAX_DEPTH else None
