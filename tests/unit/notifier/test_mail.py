"""Does a mail carry the right marks, and nothing that was smuggled in?"""

from dataclasses import replace

import pytest

from bellhop_notifier.domain.mail import Mail, Postmark, Rendered, UnsafeHeader, compose, one_line, thread_subject
from bellhop_notifier.domain.outbound import Outbound
from support.notifier_messages import BY_MAIL

TOKEN = "abcdefghijklmnopqrstuvwxyz"  # noqa: S105 - a conversation's, and an invented one
POSTMARK = Postmark(TOKEN, "shop.example")
RENDERED = Rendered("Re: Where is my order?", "It is on its way.", "<p>It is on its way.</p>")
OUTBOUND = replace(
    BY_MAIL,
    from_address="help@shop.example",
    from_name="The Shop",
    reply_domain="shop.example",
    automatic="no",
    in_reply_to="<1@example.org>",
    references=("<0@example.org>",),
)


def composed(outbound: Outbound = OUTBOUND, rendered: Rendered = RENDERED, postmark: Postmark = POSTMARK) -> Mail:
    mail = compose(outbound, rendered, postmark)
    assert isinstance(mail, Mail)
    return mail


def test_a_reply_stays_in_its_thread() -> None:
    mail = composed()
    assert mail.message_id == f"<3f0f8c1a-52de-5e0b-9a6b-0d2b7f1f4f11.{TOKEN}@shop.example>"
    assert mail.reply_to == mail.envelope_from == f"reply+{TOKEN}@shop.example"
    assert mail.headers == (
        ("Auto-Submitted", "no"),
        ("X-Loop", "shop.example"),
        ("In-Reply-To", "<1@example.org>"),
        ("References", "<0@example.org> <1@example.org>"),
    )


def test_what_needs_it_can_be_unsubscribed_from_in_one_click() -> None:
    mail = composed(postmark=replace(POSTMARK, unsubscribe="https://shop.example/u/1"))
    assert dict(mail.headers)["List-Unsubscribe"] == "<https://shop.example/u/1>"
    assert dict(mail.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "address",
    [
        "maria@example.org\r\nBcc: all@example.org",
        "maria@example.org, all@example.org",
        "<maria@example.org>",
        "maria",
        "",
        "maria@exa mple.org",
        "maria@example.org\x00",
    ],
)
def test_an_address_that_carries_more_than_an_address_is_refused(address: str) -> None:
    assert compose(replace(OUTBOUND, address=address), RENDERED, POSTMARK) == UnsafeHeader("To")
    assert compose(replace(OUTBOUND, cc=(address,)), RENDERED, POSTMARK) == UnsafeHeader("Cc")


@pytest.mark.parametrize(
    ("written", "sent_to"),
    [
        ("o'brien+shop@example.org", "o'brien+shop@example.org"),
        ("ana@mächine.example", "ana@xn--mchine-bua.example"),
        ("jdöe@mächine.example", "jdöe@xn--mchine-bua.example"),
        ("иван@пример.example", "иван@xn--e1afmkfd.example"),
    ],
)
def test_addresses_of_every_script_are_addresses(written: str, sent_to: str) -> None:
    mail = composed(replace(OUTBOUND, address=written))
    assert mail.to == sent_to
    assert mail.is_international is not sent_to.isascii()


@pytest.mark.parametrize("address", ["a\u202eb@example.org", "a@" + "ä" * 300 + ".example", "a@b@example.org"])
def test_what_only_looks_like_one_is_not(address: str) -> None:
    assert compose(replace(OUTBOUND, address=address), RENDERED, POSTMARK) == UnsafeHeader("To")


def test_a_subject_is_one_line() -> None:
    mail = composed(rendered=replace(RENDERED, subject="Hello\r\nBcc: all@example.org"))
    assert mail.subject == "Hello Bcc: all@example.org"


def test_a_name_cannot_turn_itself_around() -> None:
    assert one_line("The \u202eShop\n\tLtd") == "The Shop Ltd"


def test_odd_references_are_dropped() -> None:
    mail = composed(replace(OUTBOUND, references=("<a b@x>", "<ok@x>", "bare@x", "<x>\r\nBcc: y@z")))
    assert dict(mail.headers)["References"] == "<ok@x> <bare@x> <1@example.org>"


def test_a_reply_to_nothing_has_no_thread_headers() -> None:
    assert [name for name, _ in composed(replace(OUTBOUND, in_reply_to=None)).headers] == ["Auto-Submitted", "X-Loop"]


@pytest.mark.parametrize(
    ("subject", "answered"),
    [("Order", "Re: Order"), ("Re: Order", "Re: Order"), ("RE: Order", "RE: Order"), (" ", None), (None, None)],
)
def test_re_comes_once(subject: str | None, answered: str | None) -> None:
    assert thread_subject(subject) == answered
