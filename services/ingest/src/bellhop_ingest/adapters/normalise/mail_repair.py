"""How is a mail's head made readable where its sender broke the rules? Only what no parser could use is dropped."""

import re
from collections.abc import Iterator

from bellhop_ingest.adapters.normalise.mail_limits import MAX_HEADER_BYTES

_FIELD = re.compile(rb"(?P<name>[!-9;-~]+)(?P<gap>[ \t]*):")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def repaired(raw: bytes) -> bytes:
    """The mail without an mbox line, with names next to their colons and 8-bit characters as UTF-8."""
    mail = raw.lstrip(b"\r\n")
    found = _BLANK_LINE.search(mail, 0, MAX_HEADER_BYTES + 2)
    head = mail[: found.start()] if found else mail[: MAX_HEADER_BYTES + 2]
    lines = head.split(b"\n")
    if _is_sound(head, lines):
        return mail
    return b"\n".join(_utf8(line) for line in _readable(lines)) + mail[len(head) :]


def _is_sound(head: bytes, lines: list[bytes]) -> bool:
    fields = (_FIELD.match(line) for line in lines if not line.startswith((b" ", b"\t")))
    return head.isascii() and all(found is not None and not found["gap"] for found in fields)


def _readable(lines: list[bytes]) -> Iterator[bytes]:
    """A stray line between two fields is left out; one that no field follows begins the text."""
    for index, line in enumerate(lines):
        found = _FIELD.match(line)
        if line.startswith((b" ", b"\t")):
            yield line
        elif found is not None:
            yield found["name"] + line[found.end("gap") :]
        elif not _goes_on(lines[index + 1 :][:1]):
            yield b""
            yield from lines[index:]
            return


def _goes_on(following: list[bytes]) -> bool:
    return bool(following) and (following[0].startswith((b" ", b"\t")) or _FIELD.match(following[0]) is not None)


def _utf8(line: bytes) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode()
    return line
