"""Is a mail understood? Real ones of other projects, and small ones made for one rule each."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.adapters.normalise.email import normalise_email
from bellhop_ingest.domain.arrival import Arrival, Authentication
from bellhop_ingest.domain.outcomes import ParkReason, Refused
from support.ingest_messages import DESK_DOOR, NOON, message, parked, received


def mail(text: str = "Hello", **headers: str) -> bytes:
    fields = {"From": "Ana <ana@example.com>", "Subject": "Parcel", "Message-ID": "<1@example.com>"}
    named = {**fields, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return "".join(f"{name}: {value}\n" for name, value in named.items()).encode() + b"\n" + text.encode()


def read(raw: bytes) -> Arrival:
    return received(normalise_email(raw, DESK_DOOR))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gmail.eml", "Hello"),
        ("iphone.eml", "Hello\n\nSent from my iPhone"),
        ("outlook.eml", "Hello"),
        ("thunderbird.eml", "Hello"),
    ],
)
def test_the_reply_is_what_stands_outside_the_quote(name: str, expected: str) -> None:
    assert read(message(f"email-replies/{name}")).reply_text == expected


def test_the_quoted_mail_stays_in_the_full_text() -> None:
    assert "> Hi" in read(message("email-replies/gmail.eml")).text


def test_sender_subject_and_reply_address_are_read() -> None:
    arrival = read(message("email/rfc2822--example06.eml"))
    assert [handle.value for handle in arrival.sender.handles] == ["mary@example.net"]
    assert arrival.sender.name == "Mary Smith"
    assert arrival.subject == "Re: Saying Hello"
    assert arrival.reply_handle == "smith@home.example"
    assert arrival.thread.references == ("<1234@local.machine.example>",)
    assert arrival.occurred_at == datetime(1997, 11, 21, 16, 1, 10, tzinfo=UTC)


def test_utf8_headers_are_read_as_they_stand() -> None:
    arrival = read(message("email/rfc6532--utf8_headers.eml"))
    assert arrival.subject == "Säying Hello"
    assert arrival.sender.handles[0].value == "jdöe@mächine.example"


def test_a_name_in_an_encoded_word_inside_quotes_is_decoded() -> None:
    arrival = read(message("email/error_emails--invalid_subject_characters.eml"))
    assert arrival.sender.name == "Formação Frenetikpolis"
    assert arrival.subject == "Formação FrenetikPolis: Mega Campanha Final Verão | Cursos de Setembro"


def test_obsolete_spacing_and_comments_in_headers_are_understood() -> None:
    arrival = read(message("email/rfc2822--example13.eml"))
    assert arrival.sender.handles[0].value == "jdoe@machine.example"
    assert arrival.thread.message_id == "<1234@local(blah).machine.example>"


def test_a_stray_line_among_the_headers_is_passed_over() -> None:
    arrival = read(message("email/plain_emails--raw_email_incorrect_header.eml"))
    assert arrival.sender.handles[0].value == "xxx@xxx.xxx"
    assert arrival.text.startswith("You are infected with:")


def test_the_text_of_an_html_mail_is_laid_out() -> None:
    arrival = read(message("email/error_emails--content_transfer_encoding_text-html.eml"))
    assert arrival.text.startswith("Hello,\n\nYou have qualified for the lowest rate in years.")
    assert arrival.html is not None


def test_iso_2022_jp_is_decoded() -> None:
    assert read(message("email/multi_charset--japanese_iso_2022.eml")).text == "すみません。"


def test_attachments_keep_their_names_types_and_hashes() -> None:
    arrival = read(message("email/mime_emails--raw_email7.eml"))
    assert [(one.name, one.media_type, one.size) for one in arrival.attachments] == [
        ("test.rb", "text/x-ruby-script", 25),
        ("test.pdf", "application/pdf", 14),
        ("smime.p7s", "application/pkcs7-signature", 227),
    ]


def test_encoded_attachment_names_are_decoded() -> None:
    assert read(message("email/multi_charset--japanese_attachment.eml")).attachments[0].name == "てすと.txt"
    quoted = read(message("email/attachment_emails--attachment_with_quoted_filename.eml"))
    assert quoted.attachments[0].name == "Eelanalüüsi päring.jpg"


def test_a_path_in_an_attachment_name_is_dropped() -> None:
    raw = mail("x", Content_Type='application/pdf; name="../../etc/passwd"')
    assert read(raw).attachments[0].name == "passwd"


def test_a_date_far_ahead_is_replaced_by_the_time_of_arrival() -> None:
    assert read(mail(Date="Mon, 30 Jun 3609 15:33:50 +0600")).occurred_at == NOON


def test_a_mail_with_the_same_content_on_another_way_has_the_same_digest() -> None:
    one = read(b"Received: from a\nReturn-Path: <ana@example.com>\n" + mail())
    other = read(b"Received: from b\r\n by c\r\n" + mail().replace(b"\n", b"\r\n"))
    assert one.digest == other.digest
    assert one.digest != read(mail("Hello!")).digest


def test_without_a_message_id_the_digest_is_the_id() -> None:
    arrival = read(mail().replace(b"Message-ID: <1@example.com>\n", b""))
    assert arrival.provider_message_id == arrival.digest


def test_the_token_of_a_reply_address_is_found() -> None:
    arrival = read(mail(To="Reply <REPLY+ABCDEFGHIJKLMNOPQRSTUVWX23@example.org>"))
    assert arrival.thread.tokens == ("abcdefghijklmnopqrstuvwx23",)


def test_nul_characters_are_removed() -> None:
    assert read(mail("a\x00b")).text == "ab"


def test_a_trusted_servers_dmarc_pass_verifies_the_sender() -> None:
    door = replace(DESK_DOOR, trusted_servers=frozenset({"mx.example.org"}))
    verdict = "mx.example.org; spf=fail smtp.mailfrom=example.com; dmarc=pass header.from=example.com"
    arrival = received(normalise_email(mail(Authentication_Results=verdict), door))
    assert arrival.authentication == Authentication("dmarc", "pass")
    assert arrival.sender.handles[0].verified


def test_nobody_elses_verdict_counts() -> None:
    arrival = read(mail(Authentication_Results="mx.evil.example; dmarc=pass header.from=example.com"))
    assert arrival.authentication is None
    assert not arrival.sender.handles[0].verified


@pytest.mark.parametrize(
    ("name", "recipients"),
    [
        ("dsn_06.txt", [("userx@example.com", False, "4.4.0")]),
        ("dsn_12.txt", [("userx@example.jp", True, "5.1.1")]),
        ("dsn_18.txt", [("email@replaced.net", True, "5.0.0")]),
        ("postfix_01.txt", [("xxxxx@local.ie", True, None)]),
        ("qmail_01.txt", [("userx@example.de", True, None)]),
        ("simple_03.txt", [("userx@example.za", False, None)]),
        ("simple_14.txt", [("userx@example.com", True, None), ("usery@example.com", True, None)]),
        ("simple_38.txt", [("userx@example.com", True, None)]),
    ],
)
def test_a_bounce_names_its_recipients_and_whether_they_are_gone(
    name: str, recipients: list[tuple[str, bool, str | None]]
) -> None:
    outcome = parked(normalise_email(message(f"bounces/{name}"), DESK_DOOR))
    assert outcome.reason is ParkReason.BOUNCE
    assert [(one.address, one.permanent, one.status) for one in outcome.bounced] == recipients


def test_a_bounce_names_the_mail_that_came_back() -> None:
    outcome = parked(normalise_email(message("email/multipart_report_emails--report_530.eml"), DESK_DOOR))
    assert outcome.bounced_message_id == "<200712232303.lBNN3jDq002941@mail12.rrrr.com.au>"


def test_a_person_who_quotes_a_bounce_is_received() -> None:
    text = "What does this mean?\n\n<bob@example.org>: host mx said: 550 5.1.1 User unknown"
    assert read(mail(text, Subject="Trouble with your address")).sender.name == "Ana"


def test_an_answering_machine_is_parked() -> None:
    outcome = parked(normalise_email(message("bounces/qmail_08.txt"), DESK_DOOR))
    assert outcome.reason is ParkReason.AUTO_REPLY


def test_what_a_filter_marked_as_spam_is_parked() -> None:
    outcome = parked(normalise_email(message("email/plain_emails--raw_email_bad_time.eml"), DESK_DOOR))
    assert outcome.reason is ParkReason.SPAM


def test_a_mail_without_any_sender_is_parked() -> None:
    outcome = parked(normalise_email(b"Subject: hi\n\nhello", DESK_DOOR))
    assert outcome.reason is ParkReason.NO_SENDER


def test_a_mail_without_subject_text_and_files_is_parked() -> None:
    assert parked(normalise_email(b"From: ana@example.com\n\n", DESK_DOOR)).reason is ParkReason.EMPTY


@pytest.mark.parametrize("raw", [b"", b"\x00\x01\x02", b"no header here\n\ntext", b"<html></html>"])
def test_what_is_no_mail_is_refused(raw: bytes) -> None:
    (outcome,) = normalise_email(raw, DESK_DOOR)
    assert isinstance(outcome, Refused)


def test_a_mail_over_the_limit_is_refused() -> None:
    (outcome,) = normalise_email(mail("x" * 100), replace(DESK_DOOR, max_mail_bytes=100))
    assert isinstance(outcome, Refused)


def test_a_mail_with_too_many_parts_is_refused() -> None:
    raw = mail("--X\n\na\n" * 2_000, Content_Type="multipart/mixed; boundary=X")
    (outcome,) = normalise_email(raw, DESK_DOOR)
    assert isinstance(outcome, Refused)
    assert outcome.reason == "parts: got 2000, expected at most 1000"


def test_a_mail_nested_too_deep_is_refused() -> None:
    levels = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(25))
    (outcome,) = normalise_email(b"From: ana@example.com\n" + levels.encode(), DESK_DOOR)
    assert isinstance(outcome, Refused)
    assert outcome.reason == "parts: got nested 25 deep, expected at most 20"


def test_the_language_of_the_text_is_detected() -> None:
    arrival = received(normalise("email", mail("Моля ви, кажете ми къде е пратката, която поръчах."), DESK_DOOR))
    assert arrival.language is not None
    assert arrival.language.tag == "bg"
