"""Does each recipient of a mail get an answer of its own, whatever happens to the others?"""

import asyncio
import smtplib
from asyncio import Server

import pytest

from bellhop_ingest.adapters.doors.lmtp import LONGEST_LINE, OK, Mail, MailDoors, listen
from bellhop_ingest.domain.documents import Door
from support.mailing import deliver, letter


async def door_of(address: str) -> Door:
    return Door(address.partition("@")[0], "email", "acme", 1)


async def test_a_failure_is_the_answer_of_the_recipient_it_happened_to() -> None:
    told: list[BaseException] = []

    async def take_in(_: Mail, door: Door) -> str:
        if door.name == "broken":
            raise RuntimeError("planted")
        return OK

    async with listen("127.0.0.1", 0, MailDoors(door_of, take_in, told.append), 10_000) as server:
        assert isinstance(server, Server)
        port = server.sockets[0].getsockname()[1]
        raw = letter("Hi", "Hello", message_id="<1@example.org>")
        answers = await deliver(port, raw, "broken@example.com", "whole@example.com")
    assert [answer.code for answer in answers] == [451, 250]
    assert [str(error) for error in told] == ["planted"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"Subject: Hi\r\n\r\n" + b"x\r\n" * 5_000, 552), (b"x" * (LONGEST_LINE + 10) + b"\r\n", 500)],
    ids=["too much", "a line too long"],
)
async def test_a_mail_over_a_limit_is_refused_for_each_recipient_and_the_next_one_is_taken(
    raw: bytes, code: int
) -> None:
    async def take_in(_: Mail, door: Door) -> str:
        return f"{OK} {door.name}"

    def two_mails(port: int) -> list[int]:
        with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
            client.ehlo()
            return [*_handed_in(client, raw), *_handed_in(client, b"Subject: Hi\r\n\r\nHello\r\n")]

    told: list[BaseException] = []
    limit = 10_000 if code == 552 else 10 * LONGEST_LINE
    async with listen("127.0.0.1", 0, MailDoors(door_of, take_in, told.append), limit) as server:
        assert isinstance(server, Server)
        port = server.sockets[0].getsockname()[1]
        assert await asyncio.to_thread(two_mails, port) == [code, code, 250, 250]
    assert told == []


def _handed_in(client: smtplib.LMTP, raw: bytes) -> list[int]:
    """To two recipients."""
    client.mail("ana@example.org")
    for address in ("one@example.com", "two@example.com"):
        client.rcpt(address)
    return [client.data(raw)[0], client.getreply()[0]]
