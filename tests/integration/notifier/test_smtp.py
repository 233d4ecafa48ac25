"""Does mail arrive at a real server as it was meant, and is every way to fail told apart?"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bellhop_notifier.adapters.providers.port import Ambiguous, Message, Permanent, Temporary
from bellhop_notifier.adapters.providers.smtp import SmtpProvider
from bellhop_notifier.adapters.providers.smtp_connections import SmtpSettings
from bellhop_notifier.domain.mail import Mail, Postmark, Rendered, compose
from bellhop_notifier.domain.outbound import Outbound
from support.notifier_messages import BY_MAIL
from support.notifier_stand_ins import MailServer

TO = "maria@example.org"
THREAD = "abcdefghijklmnopqrstuvwxyz"
OUTBOUND = replace(
    BY_MAIL,
    locale="bg",
    address=TO,
    from_address="help@shop.example",
    from_name="Магазинът",
    reply_domain="shop.example",
    automatic="no",
    in_reply_to="<1@example.org>",
    references=("<0@example.org>",),
    cc=("boss@example.org",),
)
WORDS = Rendered("Re: Къде е поръчката ми?", "На път е.\n.\nДо скоро", "<p>На път е.</p>")


def composed(outbound: Outbound = OUTBOUND) -> Message:
    mail = compose(outbound, WORDS, Postmark(THREAD, "shop.example"))
    assert isinstance(mail, Mail)
    return Message(outbound, WORDS, mail)


@pytest_asyncio.fixture
async def smtp(mail: MailServer) -> AsyncIterator[SmtpProvider]:
    settings = SmtpSettings(port=mail.port, start_tls=False, timeout=15.0, connections=2)
    provider = SmtpProvider(settings, lambda: datetime(2026, 3, 10, 12, tzinfo=UTC))
    yield provider
    await provider.close()


async def test_a_mail_arrives_with_all_its_marks(mail: MailServer, smtp: SmtpProvider) -> None:
    result = await smtp.send(composed())
    arrived = mail.mails[0]
    assert mail.envelopes == [(f"reply+{THREAD}@shop.example", [TO, "boss@example.org"])]
    assert arrived["Message-ID"] == result.provider_message_id
    assert result.provider_message_id == f"<3f0f8c1a-52de-5e0b-9a6b-0d2b7f1f4f11.{THREAD}@shop.example>"
    assert {name: str(arrived[name]) for name in ("From", "To", "Cc", "Reply-To", "Subject", "Date")} == {
        "From": "Магазинът <help@shop.example>",
        "To": TO,
        "Cc": "boss@example.org",
        "Reply-To": f"reply+{THREAD}@shop.example",
        "Subject": "Re: Къде е поръчката ми?",
        "Date": "Tue, 10 Mar 2026 12:00:00 +0000",
    }
    assert (arrived["In-Reply-To"], arrived["References"]) == ("<1@example.org>", "<0@example.org> <1@example.org>")
    assert (arrived["Auto-Submitted"], arrived["X-Loop"]) == ("no", "shop.example")


async def test_it_can_be_read_as_text_and_as_html(mail: MailServer, smtp: SmtpProvider) -> None:
    await smtp.send(composed())
    text, html = mail.mails[0].iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == ["На път е.", ".", "До скоро"]


async def test_connections_are_kept(mail: MailServer, smtp: SmtpProvider) -> None:
    for _ in range(5):
        await smtp.send(composed())
    assert (len(mail.mails), mail.connections) == (5, 1)


async def test_at_most_so_many_are_open(mail: MailServer, smtp: SmtpProvider) -> None:
    await asyncio.gather(*(smtp.send(composed()) for _ in range(10)))
    assert len(mail.mails) == 10
    assert mail.connections <= 2


async def test_a_server_that_hung_up_meanwhile_is_called_again(mail: MailServer, smtp: SmtpProvider) -> None:
    await smtp.send(composed())
    mail.hang_up()
    await smtp.send(composed())
    assert (len(mail.mails), mail.connections) == (2, 2)


async def test_a_recipient_that_does_not_exist_is_refused_for_good(mail: MailServer, smtp: SmtpProvider) -> None:
    mail.refuse[TO] = "550 5.1.1 no such person"
    with pytest.raises(Permanent, match="recipient-refused"):
        await smtp.send(composed())
    assert mail.mails == []


async def test_a_grey_list_is_a_refusal_for_now(mail: MailServer, smtp: SmtpProvider) -> None:
    mail.refuse[TO] = "451 4.7.1 come back later"
    with pytest.raises(Temporary, match="recipient-refused-for-now"):
        await smtp.send(composed())


async def test_a_copy_that_is_refused_does_not_stop_the_mail(mail: MailServer, smtp: SmtpProvider) -> None:
    mail.refuse["boss@example.org"] = "550 5.1.1 no such person"
    await smtp.send(composed())
    assert mail.envelopes[0][1] == [TO]


async def test_refused_content_is_refused_for_good(mail: MailServer, smtp: SmtpProvider) -> None:
    mail.refuse_data = "554 5.6.0 not like this"
    with pytest.raises(Permanent, match="content-refused"):
        await smtp.send(composed())


async def test_silence_after_the_last_byte_is_doubt(mail: MailServer, smtp: SmtpProvider) -> None:
    mail.hang_up_after_data = True
    with pytest.raises(Ambiguous):
        await smtp.send(composed())


async def test_a_server_that_is_not_there_means_later() -> None:
    nobody = SmtpProvider(SmtpSettings(port=1, timeout=1.0), lambda: datetime(2026, 3, 10, tzinfo=UTC))
    with pytest.raises(Temporary, match="provider-unreachable"):
        await nobody.send(composed())


async def test_an_address_in_another_script_is_reached(mail: MailServer, smtp: SmtpProvider) -> None:
    mail.takes_utf8 = True
    await smtp.send(composed(replace(OUTBOUND, address="jdöe@mächine.example")))
    assert mail.envelopes[0][1][0] == "jdöe@xn--mchine-bua.example"
    assert mail.mails[0]["To"] == "jdöe@xn--mchine-bua.example"


async def test_a_server_that_knows_no_other_scripts_is_not_tried(mail: MailServer, smtp: SmtpProvider) -> None:
    with pytest.raises(Permanent, match="address-not-supported"):
        await smtp.send(composed(replace(OUTBOUND, address="jdöe@mächine.example")))
    assert mail.mails == []


async def test_a_line_break_in_a_header_never_gets_out(mail: MailServer, smtp: SmtpProvider) -> None:
    message = composed()
    assert message.mail is not None
    smuggled = replace(message, mail=replace(message.mail, subject="Hello\r\nBcc: all@example.org"))
    with pytest.raises(Permanent, match="unsafe-header"):
        await smtp.send(smuggled)
    assert mail.mails == []
