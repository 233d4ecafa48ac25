"""What did the sender write now? Quotes in several languages and styles."""

import time

import pytest

from bellhop_ingest.adapters.normalise.quotes import reply_text


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Apr 2, 2012 at 6:26 PM, Bob <bob@example.com> wrote:",
        "On Mon, Apr 2, 2012 at 6:26 PM, Bob Long-Name\n<bob@example.com> wrote:",
        "Am 02.04.2012 um 18:26 schrieb Bob <bob@example.com>:",
        "Le 2 avr. 2012 à 18:26, Bob a écrit :",
        "El 2 de abril de 2012, Bob escribió:",
        "Il giorno 2 apr 2012 Bob ha scritto:",
        "На 2.04.2012 г. в 18:26 Боб <bob@example.com> написа:",  # noqa: RUF001
        "2 апреля 2012 г., 18:26, Боб <bob@example.com> написал(а):",  # noqa: RUF001
        "在 2012年4月2日，18:26，Bob <bob@example.com> 写道：",
        "W dniu 2.04.2012 o 18:26, Bob napisał(a):",
        "Op 2 april 2012 om 18:26 schreef Bob:",
        "-----Original Message-----",
        "From: Bob\nSent: Monday\nTo: Ana\nSubject: Parcel\n",
        "От: Боб\nИзпратено: понеделник\nДо: Ана\nОтносно: Пратка\n",
        "发件人: Bob\n发送时间: 2012年4月2日\n收件人: Ana\n主题: 包裹\n",
    ],
)
def test_the_reply_ends_where_the_older_mail_begins(attribution: str) -> None:
    assert (
        reply_text(f"Still nothing here.\n\n{attribution}\nHave you got it?\n", "Re: Parcel") == "Still nothing here."
    )


def test_answers_between_quoted_lines_are_kept() -> None:
    text = "Hi,\n\nOn 2 Apr 2012, Bob wrote:\n> First?\nYes.\n> Second?\nNo."
    assert reply_text(text, "Re: Questions") == "Hi,\n\nYes.\nNo."


@pytest.mark.parametrize("quote", ["bob <bob@example.com> wrote:\n\n> Hi", "> Hi"])
def test_a_quote_without_a_date_is_cut(quote: str) -> None:
    assert reply_text(f"Hello\n{quote}\n", "Re: Test") == "Hello"


def test_a_comparison_in_a_first_mail_is_no_quote() -> None:
    assert reply_text("What if\n> 5 pieces\nare ordered?", "Question") == "What if\n> 5 pieces\nare ordered?"


def test_a_forwarded_mail_is_kept_whole() -> None:
    text = "See below\n\n---------- Forwarded message ---------\nFrom: Bob\nSubject: x\n\nThe original"
    assert reply_text(text, "Fwd: x").endswith("The original")


def test_a_signature_below_dashes_is_cut() -> None:
    assert reply_text("Thanks\n\n-- \nAna\nExample Ltd", None) == "Thanks"


def test_a_mail_of_quotes_alone_is_given_whole() -> None:
    assert reply_text("> only\n> this", None) == "> only\n> this"


def test_prose_with_a_colon_is_no_attribution() -> None:
    text = "My colleague wrote:\nplease help.\nFrom: here it goes wrong"
    assert reply_text(text, "Help") == text


@pytest.mark.parametrize(
    "text",
    [
        "On " * 40_000,
        "\n" * 100_000,
        "> a\nx\n" * 15_000,
        "a: b\n" * 20_000,
        "From: a\nTo: b\n" * 8_000,
        "Am schrieb schrieb:" * 5_000,
        "On 1 wrote wrote\n" * 6_000,
    ],
)
def test_hostile_text_takes_no_more_than_linear_time(text: str) -> None:
    began = time.process_time()
    reply_text(text, "Re: x")
    assert time.process_time() - began < 1.5
