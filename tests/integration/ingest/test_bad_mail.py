"""Is mail that nobody should have to read answered clearly, and is the next good one taken without a wait?"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from uuid import uuid4

import httpx2
import psutil
import pytest
import pytest_asyncio

from support.ingest_house import Doors, House, where
from support.mailing import LmtpAnswer, deliver, letter
from support.service_process import serving, until_ready
from support.waiting import until

MIB = 1024 * 1024
ONE_LINE = b"x" * 998 + b"\r\n"
HEAD = b"From: ana@example.org\r\nTo: help@example.com\r\nSubject: Bad\r\n"


@pytest_asyncio.fixture(scope="module")
async def open_doors(house: House, doors: Doors) -> AsyncIterator[Doors]:
    """A replica that takes mails up to the usual 20 MiB."""
    del doors  # the desk is known once that one is ready
    settings = house.settings(INGEST_MAX_MAIL_BYTES=str(20 * MIB))
    async with (
        serving("ingest", house.folder, settings) as replica,
        httpx2.AsyncClient(base_url=replica.url, timeout=15) as client,
    ):
        await until_ready(replica)
        found = Doors(house, replica, client)

        async def takes_mail() -> bool:
            return (await good(found)).code == 250

        await until(takes_mail)
        yield found


async def good(doors: Doors) -> LmtpAnswer:
    name = uuid4()
    raw = letter("Good", "Can you read me?", message_id=f"<{name}@good.example>", sender=f"{name}@good.example")
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com")
    return answer


async def answer_to(doors: Doors, raw: bytes) -> LmtpAnswer:
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com")
    return answer


@dataclass
class Line:
    """A client that sends what it likes, and as long as it likes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, line: str) -> str:
        self.writer.write(f"{line}\r\n".encode())
        return await self.hear()

    async def hear(self) -> str:
        while (line := (await self.reader.readline()).decode())[3:4] == "-":
            pass
        return line.strip()

    async def pour(self, total: int) -> None:
        piece = ONE_LINE * 64
        for _ in range(total // len(piece)):
            self.writer.write(piece)
            await self.writer.drain()


async def connected(doors: Doors) -> Line:
    line = Line(*await asyncio.open_connection("127.0.0.1", doors.lmtp))
    await line.hear()
    await line.say("LHLO tests")
    return line


def held(doors: Doors) -> float:
    return float(psutil.Process(doors.replica.process.pid).memory_info().rss) / MIB


async def test_a_mail_that_is_announced_with_100_mb_is_refused_before_it_is_sent(open_doors: Doors) -> None:
    line = await connected(open_doors)
    told = await line.say(f"MAIL FROM:<ana@example.org> SIZE={100 * MIB}")
    line.writer.close()
    assert told == "552 Error: message size exceeds fixed maximum message size"


async def test_a_mail_of_100_mb_is_refused_takes_no_memory_and_nobody_waits_for_it(open_doors: Doors) -> None:
    line, before = await connected(open_doors), held(open_doors)
    await line.say("MAIL FROM:<ana@example.org>")
    await line.say("RCPT TO:<help@example.com>")
    assert (await line.say("DATA")).startswith("354")
    pouring = asyncio.create_task(line.pour(100 * MIB))
    meanwhile = [await asyncio.wait_for(good(open_doors), 5) for _ in range(3)]
    most = held(open_doors)
    await pouring
    told = await line.say(".")
    line.writer.close()
    assert [one.code for one in meanwhile] == [250, 250, 250]
    assert told == "552 Error: Too much mail data"
    assert max(most, held(open_doors)) - before < 64
    assert (await good(open_doors)).code == 250


PARTS = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\npart\r\n" * 10_000 + b"--b--\r\n"


@pytest.mark.parametrize(
    ("raw", "code", "told"),
    [
        (HEAD + PARTS, 554, "5.6.0 not taken: parts: got 10000, expected at most 1000"),
        (HEAD + b"X-Big: " + b"y" * 1_000_000 + b"\r\n\r\nHi", 554, "5.6.0 not taken: headers: got more than 262144"),
        (HEAD + b"X-Big: " + b"y" * 2 * MIB + b"\r\n\r\nHi", 500, "Line too long (see RFC5321 4.5.3.1.6)"),
        (
            HEAD + b"X-Many: y\r\n" * 10_000 + b"\r\nHi",
            554,
            "5.6.0 not taken: headers: got 10002 lines, expected at most",
        ),
    ],
    ids=["10,000 parts", "a header of 1 MB", "a line of 2 MiB", "10,000 headers"],
)
async def test_a_mail_beyond_what_may_be_parsed_is_refused_with_the_limit(
    open_doors: Doors, raw: bytes, code: int, told: str
) -> None:
    answer = await asyncio.wait_for(answer_to(open_doors, raw), 5)
    assert (answer.code, answer.text[: len(told)]) == (code, told)
    assert (await good(open_doors)).code == 250


@pytest.mark.parametrize("seed", range(3))
async def test_random_bytes_are_no_mail_and_told_so(open_doors: Doors, seed: int) -> None:
    answer = await asyncio.wait_for(answer_to(open_doors, Random(seed).randbytes(100_000)), 5)
    assert answer.code == 554
    assert "without header fields, expected a mail (RFC 5322)" in answer.text
    assert (await good(open_doors)).code == 250


@pytest.mark.parametrize("seed", range(3))
async def test_a_mail_whose_text_is_random_bytes_is_taken(open_doors: Doors, seed: int) -> None:
    head = HEAD + f"Message-ID: <random-{seed}@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".encode()
    answer = await asyncio.wait_for(answer_to(open_doors, head + Random(seed).randbytes(100_000)), 5)
    assert answer.code == 250
    body = await open_doors.said.first("contact.received", where(provider_message_id=f"<random-{seed}@example.org>"))
    assert body["subject"] == "Bad"
    assert (await good(open_doors)).code == 250


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("MAIL FROM:<ana@example.org> SIZE=²", "501"),
        ("MAIL FROM:<ana@example.org> SIZE=-1", "501"),
        ("MAIL FROM:" + "<" * 400, "553"),
        ("RCPT TO:<help@example.com>", "503"),
        ("DATA", "503"),
        ("\x00\x01\x02", "500"),
        ("X" * 5_000, "500"),
    ],
)
async def test_a_command_that_is_none_is_refused_and_the_line_stays_open(
    open_doors: Doors, command: str, told: str
) -> None:
    line = await connected(open_doors)
    assert (await line.say(command))[:3] == told
    assert (await line.say("MAIL FROM:<ana@example.org>"))[:3] == "250"
    line.writer.close()
