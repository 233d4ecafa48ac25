"""Which characters do these bytes stand for? The declared charset if it holds, else the likeliest one."""

import codecs

from charset_normalizer import from_bytes

# What mail programs call it, and the superset that they in truth write (as in the WHATWG encoding standard).
_WRITTEN_AS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "x-mac-cyrillic": "mac-cyrillic",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "x-user-defined": "cp1252",
}
_GUESSED_FROM = 20_000
_LEAST_TO_GUESS = 24


def decode(raw: bytes, declared: str | None) -> str:
    """Never fails; the worst it does is to put U+FFFD for what nobody can read."""
    name = (declared or "utf-8").strip().strip("\"'").lower()
    for encoding in dict.fromkeys((_preferred(raw, name), "utf-8")):
        text = _strictly(raw, encoding)
        if text is not None:
            return text
    return raw.decode(_guess(raw), "replace")


def _preferred(raw: bytes, name: str) -> str:
    """UTF-8 that calls itself ASCII or Latin-1 is UTF-8: by chance that is next to impossible."""
    if name in {"us-ascii", "ascii", "iso-8859-1", "latin1"} and _strictly(raw, "utf-8") is not None:
        return "utf-8"
    return "utf-8" if name in {"us-ascii", "ascii"} else _WRITTEN_AS.get(name, name)


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        # Codecs that don't make text, such as `hex`, would raise something else.
        if not codecs.lookup(encoding)._is_text_encoding:  # noqa: SLF001 - what bytes.decode itself looks at
            return None
        return raw.decode(encoding)
    except (LookupError, ValueError, TypeError):
        return None


def _guess(raw: bytes) -> str:
    if len(raw) < _LEAST_TO_GUESS:
        return "cp1252"
    found = from_bytes(raw[:_GUESSED_FROM]).best()
    return found.encoding if found else "cp1252"
