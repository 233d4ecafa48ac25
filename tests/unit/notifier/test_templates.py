"""Do notices read well in each language, and stay data whatever a customer writes?"""

from pathlib import Path

import pytest

from bellhop_notifier.adapters.plain_text import plain_text
from bellhop_notifier.adapters.templates import VARIABLES, BadTemplate, Templates, fallbacks, local_time, paragraphs

TEMPLATES = Templates()


@pytest.mark.parametrize("locale", ["en", "bg"])
@pytest.mark.parametrize("notice", list(VARIABLES))
def test_every_notice_renders_in_every_locale(notice: str, locale: str) -> None:
    rendered = TEMPLATES.mail(notice, locale, VARIABLES[notice])
    assert rendered.subject
    assert "\n" not in rendered.subject
    assert "The Shop" in rendered.text
    assert f'<html lang="{locale}">' in rendered.html
    assert TEMPLATES.short(notice, locale, VARIABLES[notice]).text


def test_no_locale_lacks_a_notice() -> None:
    assert {locale: TEMPLATES.notices(locale) for locale in TEMPLATES.locales()} == {
        "bg": sorted(VARIABLES),
        "en": sorted(VARIABLES),
    }


def test_the_promised_time_is_told_in_the_readers_zone_and_language() -> None:
    text = TEMPLATES.mail("acknowledgement", "bg", VARIABLES["acknowledgement"], "Europe/Sofia").text
    assert "до 10 март, 16:00 ч." in text


def test_without_a_promised_time_none_is_told() -> None:
    text = TEMPLATES.mail("acknowledgement", "en", {**VARIABLES["acknowledgement"], "expected_at": ""}).text
    assert "You will hear from us soon." in text


def test_an_unknown_language_falls_back_to_english() -> None:
    rendered = TEMPLATES.mail("birthday", "xx-YY", VARIABLES["birthday"])
    assert rendered.subject == "Happy birthday, Maria Petrova!"
    assert '<html lang="en">' in rendered.html


def test_a_regional_language_falls_back_to_its_own() -> None:
    assert TEMPLATES.mail("birthday", "bg_BG", VARIABLES["birthday"]).subject == "Честит рожден ден, Maria Petrova!"


def test_a_language_tag_cannot_leave_the_folder() -> None:
    assert fallbacks("../../etc") == ["en"]


def test_what_a_customer_writes_is_never_a_template() -> None:
    given = {**VARIABLES["reply"], "text": "{{ 7 * 7 }} {% for x in y %}"}
    rendered = TEMPLATES.mail("reply", "en", given)
    assert "{{ 7 * 7 }} {% for x in y %}" in rendered.text


def test_what_a_customer_writes_is_never_markup() -> None:
    rendered = TEMPLATES.mail("reply", "en", {**VARIABLES["reply"], "text": "<script>alert(1)</script>"})
    assert "<script>" not in rendered.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered.html


def test_a_name_is_never_markup_either() -> None:
    rendered = TEMPLATES.mail("birthday", "en", {**VARIABLES["birthday"], "customer_name": "<b>x</b>"})
    assert "<b>x</b>" not in rendered.html


def test_a_variable_that_is_missing_is_an_error() -> None:
    with pytest.raises(BadTemplate):
        TEMPLATES.mail("birthday", "en", {"desk_name": "The Shop"})


def test_templates_of_ones_own_go_first_and_may_not_reach_out(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "birthday.subject").write_text("{{ ''.__class__.__mro__ }}")
    with pytest.raises(BadTemplate):
        Templates((tmp_path,)).mail("birthday", "en", VARIABLES["birthday"])


def test_on_short_channels_a_reply_is_only_its_text() -> None:
    assert TEMPLATES.short("reply", "en", VARIABLES["reply"]).text == VARIABLES["reply"]["text"]


def test_paragraphs_keep_lines_and_escape() -> None:
    assert str(paragraphs("a\nb\n\n<c>")) == "<p>a<br>\nb</p>\n<p>&lt;c&gt;</p>"


def test_an_unknown_locale_still_has_a_time() -> None:
    assert local_time("2026-03-10T14:00:00+00:00", "xx", "Nowhere/Else") == "10 March, 14:00"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>Maria</b>,</p><p>it is<br>here.</p>", "Hello Maria,\n\nit is\nhere."),
        ("a &amp; b<script>alert(1)</script>", "a & b"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("plain", "plain"),
    ],
)
def test_markup_becomes_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text
