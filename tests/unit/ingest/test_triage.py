"""Which facts are found in a text, in which language?"""

from bellhop_ingest.domain.languages import language_tag
from bellhop_ingest.domain.triage import KeywordSet, Lexicon, Triage, triage

LEGAL = KeywordSet("legal-threat", ("lawyer", "sue"), "en", urgency=0.8)
ADVOKAT = KeywordSet("legal-threat", ("адвокат",), "bg", urgency=0.8)
LUSHI = KeywordSet("legal-threat", ("律师",), "zh")
OUTAGE = KeywordSet("outage", ("down",), urgency=0.5)


def test_a_whole_word_is_found_and_named() -> None:
    found = triage("My LAWYER will call, the site is down", "en", [LEGAL, OUTAGE])
    assert found == Triage(("legal-threat", "outage"), 0.8, None, ("legal-threat: “lawyer”", "outage: “down”"))


def test_a_part_of_a_word_is_not_found() -> None:
    assert triage("I pursue this issue, download failed", "en", [LEGAL, OUTAGE]) == Triage()


def test_chinese_is_searched_for_substrings() -> None:
    assert triage("我会找我的律师来处理", "zh-CN", [LUSHI]).flags == ("legal-threat",)


def test_a_set_of_another_language_does_not_count() -> None:
    assert triage("адвокат", "en", [ADVOKAT]).flags == ()
    assert triage("Моят адвокат ще ви потърси", "bg", [ADVOKAT]).flags == ("legal-threat",)


def test_an_unknown_language_is_searched_with_every_set() -> None:
    assert triage("адвокат", None, [LEGAL, ADVOKAT]).flags == ("legal-threat",)


def test_sentiment_is_the_balance_of_good_and_bad_words() -> None:
    lexicon = Lexicon("en", ("thanks", "great"), ("awful",))
    assert triage("thanks, great, but awful wait", "en", [], [lexicon]).sentiment == 0.33
    assert triage("hello", "en", [], [lexicon]).sentiment is None


def test_language_tags_are_written_in_one_way() -> None:
    assert [language_tag(text) for text in ("zh_cn", "EN-us.UTF-8", "sr-latn-rs", "bg", "english!", None)] == [
        "zh-CN",
        "en-US",
        "sr-Latn-RS",
        "bg",
        None,
        None,
    ]
