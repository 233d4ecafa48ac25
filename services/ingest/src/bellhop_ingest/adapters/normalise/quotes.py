"""What did the sender of this mail add to what was said before? Libraries and our own patterns, all within bounds."""

from collections.abc import Sequence

import quotequail
from mailparser_reply.parser import EmailReplyParser

from bellhop_ingest.domain.replies import (
    find_quote,
    find_quote_marks,
    is_forward,
    is_reply,
    own_words,
    strip_signature,
    tidy,
)

_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs", "ja", "ko", "zh"]
# Both libraries take quadratic time on hostile text; within these bounds the worst seen is half a second.
_MOST_LINES = 400
_MOST_LINES_OF_TEXT = 3_000
_LONGEST_LINE = 300
_LONGEST_TEXT = 4_000


def reply_text(text: str, subject: str | None) -> str:
    """Never empty unless `text` is: a mail of quotes alone is given whole."""
    if is_forward(subject):
        return strip_signature(text) or tidy(text)
    lines = text.split("\n")[:_MOST_LINES_OF_TEXT]
    marks = find_quote_marks(lines) if is_reply(subject) else None
    found = [at for at in (find_quote(lines), _by_quotequail(lines), marks) if at is not None]
    if not found and (shorter := _by_reply_parser(text)) is not None:
        return strip_signature(shorter) or tidy(text)
    written = own_words(lines, min(found)) if found else text
    return strip_signature(written) or tidy(written) or tidy(text)


def _by_quotequail(lines: Sequence[str]) -> int | None:
    """The line where the quoted part begins, which is where what it calls the top ends."""
    looked_at = [line[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]
    found = quotequail.unwrap("\n".join(looked_at))
    if found is None:
        return None
    top = found.get("text_top")
    leading = next((index for index, line in enumerate(looked_at) if line.strip()), 0)
    return leading + len(top.split("\n")) if top else leading


def _by_reply_parser(text: str) -> str | None:
    """For attributions that only it knows; it cuts nothing off a text that has none."""
    bounded = tidy(text)
    if len(bounded) > _LONGEST_TEXT or not any(line.rstrip().endswith((":", "：")) for line in bounded.split("\n")):
        return None
    latest = EmailReplyParser(languages=_LANGUAGES).parse_reply(bounded)
    return latest if latest and len(latest) < len(bounded) else None
