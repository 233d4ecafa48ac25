"""Which facts does a text state? Flags from keyword sets, urgency and sentiment, each with its reason."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff]")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class KeywordSet:
    """`urgency` from 0 to 1 is what a hit adds at least; no `locale`: for every language."""

    flag: str
    words: tuple[str, ...]
    locale: str | None = None
    urgency: float = 0.0


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that please or displease in one language; sentiment is their balance from -1 to 1."""

    locale: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Triage:
    flags: tuple[str, ...] = ()
    urgency: float = 0.0
    sentiment: float | None = None
    reasons: tuple[str, ...] = ()


def triage(text: str, language: str | None, sets: Iterable[KeywordSet], lexicons: Sequence[Lexicon] = ()) -> Triage:
    """Facts for the router; it alone decides what follows from them."""
    searched = text[:_LONGEST].casefold()
    hits = [
        (one, word)
        for one in sets
        if _speaks(language, one.locale) and (word := _found(searched, one.words)) is not None
    ]
    return Triage(
        flags=tuple(dict.fromkeys(one.flag for one, _ in hits)),
        urgency=max((one.urgency for one, _ in hits), default=0.0),
        sentiment=_sentiment(searched, [lexicon for lexicon in lexicons if _speaks(language, lexicon.locale)]),
        reasons=tuple(f"{one.flag}: “{word}”" for one, word in hits),
    )


def _speaks(language: str | None, locale: str | None) -> bool:
    """An undetected language is searched with every set: a threat must not hide behind a short text."""
    return locale is None or language is None or language.partition("-")[0] == locale.partition("-")[0]


def _found(text: str, words: tuple[str, ...]) -> str | None:
    return next((word for word in words if _occurs(word, text)), None)


def _occurs(word: str, text: str) -> bool:
    """Most words of most sets are nowhere in a text, and plain search knows that thirty times sooner."""
    folded, pattern = _pattern(word)
    return folded in text and pattern.search(text) is not None


@lru_cache(maxsize=4_096)
def _pattern(word: str) -> tuple[str, re.Pattern[str]]:
    """Whole words; substrings where a script has no spaces between them."""
    folded = word.casefold()
    escaped = re.escape(folded)
    return folded, re.compile(escaped if _UNSPACED.search(word) else rf"(?<!\w){escaped}(?!\w)")


def _sentiment(text: str, lexicons: Sequence[Lexicon]) -> float | None:
    good = sum(_occurs(word, text) for lexicon in lexicons for word in lexicon.positive)
    bad = sum(_occurs(word, text) for lexicon in lexicons for word in lexicon.negative)
    return None if good + bad == 0 else round((good - bad) / (good + bad), 2)
