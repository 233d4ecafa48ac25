"""What does an HTML mail say in plain text, and what of it may an agent's screen show?"""

import re
from html import unescape
from typing import Final

import nh3
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError

MAX_HTML: Final = 512 * 1024

_DEEPEST = 200
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_ANY_TAG = re.compile(r"<[^<>]*>")
_UNSHOWN = re.compile(r"<(script|style|title)\b[^<]{0,20000}", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\u00a0]+(?=\n)|[ \t\u00a0]+$")
_BLANK_RUN = re.compile(r"\n{3,}")
_UNBALANCED = frozenset({"br", "img", "hr", "meta", "link", "input", "col", "p", "li", "td", "tr", "th", "option"})
_CONFIG = ParserConfig(css=CSS_PROFILES["strict"], display_links=False)


def html_to_text(html: str) -> str:
    """Laid out where possible; what nests too deep for a layout loses its tags only."""
    given = html[:MAX_HTML]
    text = "" if _too_deep(given) else _laid_out(given)
    if not text.strip():
        text = unescape(_ANY_TAG.sub(" ", _UNSHOWN.sub(" ", given)))
    lines = _BLANKS.sub("", text.replace("\u200b", ""))
    return _BLANK_RUN.sub("\n\n", lines).strip()


def presentable(html: str) -> str | None:
    """Sanitised, and without remote images: they tell their sender who reads when. Nothing of what nests too deep."""
    if _too_deep(html[:MAX_HTML]):
        return None
    return nh3.clean(
        html[:MAX_HTML],
        tags=nh3.ALLOWED_TAGS - {"img", "picture", "source", "video", "audio"},
        link_rel="noopener noreferrer",
    )


def _laid_out(html: str) -> str:
    try:
        return str(get_text(html, _CONFIG))
    except (LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return ""


def _too_deep(html: str) -> bool:
    depth = deepest = 0
    for found in _TAG.finditer(html):
        if found[2].lower() not in _UNBALANCED:
            depth += -1 if found[1] else 1
            deepest = max(deepest, depth)
    return deepest > _DEEPEST
