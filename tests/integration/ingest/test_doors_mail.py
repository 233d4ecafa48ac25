"""Does mail through LMTP become the right contact, and is every other mail answered rightly?"""

from typing import Any
from uuid import UUID

import pytest

from bellhop_common.tokens import conversation_token, message_id
from support.ingest_house import TOKEN_KEY, Doors, where
from support.ingest_messages import message
from support.mailing import deliver, letter

QUOTED = """My printer is on fire, this is urgent. My lawyer will write to you.

-- 
Ana Petrova

On Mon, 2 Mar 2026 at 09:00, Acme wrote:
> Hello Ana
> How can we help?
"""  # noqa: W291 - a signature begins so
PROVEN = (
    "In-Reply-To: <theirs@shop.example>\nReferences: <first@shop.example> <theirs@shop.example>\n"
    "Authentication-Results: mx.example.com; dmarc=pass header.from=example.org\n"
)


async def received(doors: Doors, name: str) -> dict[str, Any]:
    return await doors.said.first("contact.received", where(provider_message_id=name))


async def test_a_mail_becomes_a_contact_with_everything_that_it_says(doors: Doors) -> None:
    raw = letter("The printer", QUOTED, message_id="<whole@example.org>", headers=PROVEN, sender="whole@example.org")
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com", sender="whole@example.org")
    heard = await doors.said.heard("contact.received", where(provider_message_id="<whole@example.org>"))
    body: dict[str, Any] = heard.body
    assert answer.code == 250
    assert body["contact_id"] in answer.text
    assert heard.key == body["conversation_id"]
    assert heard.headers["ce_source"] == "bellhop/ingest"
    assert (body["channel"], body["entry_point"], body["provider"]) == ("email", "help", "email")
    assert (body["desk"], body["desk_version"], body["epoch"], body["sequence"]) == ("acme", 1, 1, 1)
    assert body["is_new_conversation"] is True
    assert body["occurred_at"] == "2026-03-02T10:00:00.000000Z"
    assert body["received_at"] == body["at"]
    assert body["subject"] == "The printer"
    assert "How can we help?" in body["text"]
    assert body["reply_text"] == "My printer is on fire, this is urgent. My lawyer will write to you."
    assert body["in_reply_to"] == "<theirs@shop.example>"
    assert body["language"]["tag"] == "en"
    assert set(body["triage"]["flags"]) == {"urgent", "legal"}
    assert body["authentication"] == {"method": "dmarc", "result": "pass"}


async def test_the_reply_route_leads_back_into_the_thread(doors: Doors) -> None:
    raw = letter("Route", "Hello there", message_id="<route@example.org>", headers=PROVEN, sender="route@example.org")
    await deliver(doors.lmtp, raw, "help@example.com")
    route = (await received(doors, "<route@example.org>"))["reply_route"]
    assert (route["entry_point"], route["channel"], route["handle"]) == ("help", "email", "route@example.org")
    assert (route["message_id"], route["subject"]) == ("<route@example.org>", "Route")
    assert route["references"] == ["<theirs@shop.example>", "<first@shop.example>"]


async def test_the_sender_becomes_a_customer_whose_state_is_told(doors: Doors) -> None:
    raw = letter("New", "Hello", message_id="<new@example.org>", sender="new@example.org")
    await deliver(doors.lmtp, raw, "help@example.com")
    customer = (await received(doors, "<new@example.org>"))["customer"]
    state = await doors.said.first("customer.state", where(customer_id=customer["id"]))
    assert UUID(customer["id"]).version == 7
    assert customer["name"] == "Ana Petrova"
    assert [(one["kind"], one["value"]) for one in state["handles"]] == [("email", "new@example.org")]
    assert (state["version"], state["status"]) == (1, "active")


async def test_two_recipients_behind_one_door_are_one_contact_and_an_unknown_one_is_told(doors: Doors) -> None:
    raw = letter("Twice", "Once only", message_id="<twice@example.org>", sender="twice@example.org")
    recipients = ("help@example.com", "HELP@example.com", "sales@example.com", "nobody@example.com")
    one, two, other, nobody = await deliver(doors.lmtp, raw, *recipients)
    assert [one.code, two.code, other.code, nobody.code] == [250, 250, 250, 550]
    assert one.text == two.text != other.text
    await received(doors, "<twice@example.org>")
    await doors.said.first("contact.received", where(provider_message_id="<twice@example.org>", entry_point="sales"))
    assert len(doors.said.of("contact.received", where(provider_message_id="<twice@example.org>"))) == 2


async def test_a_mail_that_comes_again_is_the_same_contact(doors: Doors) -> None:
    raw = letter("Again", "Once more", message_id="<again@example.org>", sender="again@example.org")
    (first,) = await deliver(doors.lmtp, raw, "help@example.com")
    (second,) = await deliver(doors.lmtp, b"Received: from elsewhere\r\n" + raw, "help@example.com")
    assert first == second
    await received(doors, "<again@example.org>")
    assert len(doors.said.of("contact.received", where(provider_message_id="<again@example.org>"))) == 1


async def test_other_mail_under_a_known_message_id_is_another_contact(doors: Doors) -> None:
    first = letter("Mine", "This is mine", message_id="<stolen@example.org>", sender="mine@example.org")
    second = letter("Theirs", "Quite another", message_id="<stolen@example.org>", sender="theirs@example.org")
    answers = [
        *await deliver(doors.lmtp, first, "help@example.com"),
        *await deliver(doors.lmtp, second, "help@example.com"),
    ]
    assert [answer.code for answer in answers] == [250, 250]
    assert answers[0].text != answers[1].text


async def test_a_reply_to_our_address_finds_its_conversation(doors: Doors) -> None:
    await deliver(
        doors.lmtp, letter("Start", "It began", message_id="<b1@t.example>", sender="b@t.example"), "help@example.com"
    )
    begun = await received(doors, "<b1@t.example>")
    token = conversation_token(TOKEN_KEY.encode(), UUID(begun["conversation_id"]))
    reply = letter("Quite another subject", "It went on", message_id="<b2@t.example>", sender="b@t.example")
    (answer,) = await deliver(doors.lmtp, reply, f"reply+{token.upper()}@r.example.com")
    went_on = await received(doors, "<b2@t.example>")
    assert answer.code == 250
    assert went_on["conversation_id"] == begun["conversation_id"]
    assert (went_on["is_new_conversation"], went_on["sequence"]) == (False, 2)


async def test_a_stranger_who_quotes_a_thread_does_not_land_in_it(doors: Doors) -> None:
    await deliver(
        doors.lmtp, letter("Mine", "Private", message_id="<c1@t.example>", sender="c@t.example"), "help@example.com"
    )
    headers = "In-Reply-To: <c1@t.example>\n"
    stranger = letter("Re: Mine", "Tell me all", message_id="<c2@t.example>", headers=headers, sender="d@t.example")
    await deliver(doors.lmtp, stranger, "help@example.com")
    assert (await received(doors, "<c2@t.example>"))["is_new_conversation"] is True


async def test_a_bounce_is_parked_and_the_notifier_told(doors: Doors) -> None:
    (answer,) = await deliver(doors.lmtp, message("bounces/postfix_01.txt"), "help@example.com", sender="")
    assert answer.code == 250
    assert "parked: bounce" in answer.text
    parked = await doors.said.first("contact.parked", lambda body: str(body["contact_id"]) in answer.text)
    assert parked["park"]["reason"] == "bounce"
    assert [one["permanent"] for one in parked["bounce"]["recipients"]] == [True]


async def test_the_bounce_of_a_mail_of_ours_is_a_receipt(doors: Doors) -> None:
    (answer,) = await deliver(doors.lmtp, BOUNCE % OURS.encode(), "help@example.com", sender="")
    assert "parked: bounce" in answer.text
    receipt = await doors.said.first("delivery.receipt", where(provider_message_id=OURS))
    assert (receipt["state"], receipt["permanent"], receipt["address"]) == ("bounced", True, "gone@example.org")
    assert (receipt["provider"], receipt["entry_point"]) == ("email", "help")


@pytest.mark.parametrize(
    ("name", "header", "reason"),
    [
        ("auto", "Auto-Submitted: auto-replied\n", "auto-reply"),
        ("list", "List-Id: <news.example.org>\nPrecedence: list\n", "list"),
    ],
)
async def test_a_mail_that_nobody_wrote_is_parked(doors: Doors, name: str, header: str, reason: str) -> None:
    raw = letter("Away", "I am away", message_id=f"<{name}@m.example>", headers=header, sender=f"{name}@m.example")
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com")
    assert f"parked: {reason}" in answer.text


async def test_a_mail_too_large_is_refused_for_good(doors: Doors) -> None:
    raw = letter("Large", "x" * 80 + "\n", message_id="<large@example.org>") + (b"y" * 78 + b"\r\n") * 3_400
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com")
    assert answer.code == 552


async def test_a_line_longer_than_the_standard_allows_is_taken(doors: Doors) -> None:
    raw = letter("Long", "word " * 1_000, message_id="<long@example.org>", sender="long@example.org")
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com")
    assert answer.code == 250


OURS = message_id(UUID(int=9), conversation_token(b"any", UUID(int=8)), "r.example.com")
BOUNCE = b"""From: MAILER-DAEMON@mx.example.net\r
To: help@example.com\r
Subject: Undelivered Mail Returned to Sender\r
Message-ID: <bounce-1@mx.example.net>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
It could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.net\r
\r
Final-Recipient: rfc822; gone@example.org\r
Action: failed\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--b\r
Content-Type: message/rfc822\r
\r
From: help@example.com\r
To: gone@example.org\r
Message-ID: %s\r
Subject: Your printer\r
\r
Hello\r
--b--\r
"""
