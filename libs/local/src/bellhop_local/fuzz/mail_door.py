"""What do bad mails and bad envelopes look like, and how must a mail server's client be answered?"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final
from uuid import uuid4

from bellhop_local.fuzz.doors import Wrong, shown
from bellhop_local.fuzz.mutations import damaged, noise, odd_text

_REPLY: Final = re.compile(rb"[2345]\d\d(?P<more>[ -])[^\r\n]*\r\n")
_END: Final = b"\r\n.\r\n"
GOOD: Final = (
    "From: Ana Petrova <ana@example.org>\r\nTo: {to}\r\nSubject: A printer\r\nMessage-ID: <{id}@example.org>\r\n"
    "Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\nIt does not print.\r\n"
)


class NoReply(Exception):
    """The line was closed, or what came back is no SMTP reply."""


@dataclass(frozen=True, slots=True)
class MailDoor:
    """`mails` are good ones; `to` is a mailbox that is there."""

    port: int
    to: str
    mails: Sequence[bytes]
    name: str = "lmtp"

    async def attack(self, chance: Random) -> Wrong | None:
        if chance.random() < 0.25:  # noqa: PLR2004 - most of what strangers decide on is in the mail itself
            commands = _envelope(self.to, chance)
            return _judged(await self._talk(commands), commands)
        raw = _mail(self.mails, chance)
        return _judged(await self._talk([*self._greeting(), b"DATA\r\n", _stuffed(raw) + _END]), raw)

    async def prove(self) -> Sequence[Wrong]:
        raw = GOOD.format(to=self.to, id=uuid4()).encode()
        said = await self._talk([*self._greeting(), b"DATA\r\n", _stuffed(raw) + _END])
        return () if said[-1].startswith(b"250") else (Wrong(f"a good mail got {said[-1]!r}", shown(raw)),)

    def _greeting(self) -> list[bytes]:
        return [b"LHLO fuzz\r\n", b"MAIL FROM:<ana@example.org>\r\n", f"RCPT TO:<{self.to}>\r\n".encode()]

    async def _talk(self, commands: Sequence[bytes]) -> list[bytes]:
        """The reply to each; a door that hangs up has said its last word before."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        said = list[bytes]()
        try:
            said.append(await _reply(reader))
            for command in commands:
                writer.write(command)
                await writer.drain()
                said.append(await _reply(reader))
        except (NoReply, ConnectionError) as error:
            said.append(f"{type(error).__name__}: {error}".encode())
        finally:
            writer.close()
        return said


async def _reply(reader: asyncio.StreamReader) -> bytes:
    while True:
        line = await reader.readline()
        found = _REPLY.fullmatch(line)
        if found is None:
            raise NoReply(repr(line[:200]))
        if found["more"] == b" ":
            return line


def _judged(said: Sequence[bytes], sent: object) -> Wrong | None:
    """A door may refuse, and hang up with 4xx or 5xx; it may not call us back for what will never be better."""
    for number, line in enumerate(said):
        before = said[number - 1] if number else b""
        if b"internal error" in line or (not line[:3].isdigit() and before[:1] not in {b"4", b"5"}):
            return Wrong(f"answered {line!r} after {before!r}", shown(sent))
    return None


def _stuffed(raw: bytes) -> bytes:
    """Lines end as SMTP wants it, or the end of the mail would never be seen."""
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)


def _mail(mails: Sequence[bytes], chance: Random) -> bytes:
    raw = chance.choice(mails)
    match chance.randrange(20):
        case 0:
            return noise(chance)
        case 1:
            return _extreme(chance)
        case 2 | 3 | 4:
            return _with_odd_header(raw, chance)
        case 5:
            return damaged(damaged(raw, chance), chance)
        case _:
            return damaged(raw, chance)


def _with_odd_header(raw: bytes, chance: Random) -> bytes:
    name = chance.choice(("From", "To", "Message-ID", "References", "Date", "Content-Type", "Subject", "Reply-To"))
    odd = odd_text(chance).encode("utf-8", "replace")
    value = chance.choice((odd, b"<" + odd + b"@example.org>", b"multipart/mixed; boundary=" + odd[:70]))
    return name.encode() + b": " + value.replace(b"\r\n", b"\r\n ") + b"\r\n" + raw


def _extreme(chance: Random) -> bytes:
    head = b"From: ana@example.org\r\nSubject: x\r\n"
    match chance.randrange(6):
        case 0:
            return head + b"X-Long: " + b"y" * 1_000_000 + b"\r\n\r\nHello"
        case 1:
            return head + b"X-Many: y\r\n" * 20_000 + b"\r\nHello"
        case 2:
            return head + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--"
        case 3:
            nested = b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(99)
            )
            return head + nested
        case 4:
            return head + b"Content-Type: text/html\r\n\r\n" + b"<div><table><tr><td>" * 30_000
        case _:
            return head + b"\r\n" + (b"> " * 3_000 + b"\r\n") * 300


def _envelope(to: str, chance: Random) -> list[bytes]:
    good = ["LHLO fuzz", "MAIL FROM:<ana@example.org>", f"RCPT TO:<{to}>", "RSET", "NOOP", "VRFY ana"]
    return [_command(chance.choice(good), chance) for _ in range(chance.randint(1, 6))]


def _command(good: str, chance: Random) -> bytes:
    """Always one line: what comes after it is the next command."""
    odd = odd_text(chance)
    line = chance.choice(
        (
            good,
            f"{good} {odd}",
            f"{good} SIZE={odd}",
            good.replace("ana", odd),
            good.replace("help", odd),
            good[: chance.randrange(len(good))],
            odd,
        )
    )
    raw = line.encode("utf-8", "surrogatepass")
    if chance.random() < 0.2:  # noqa: PLR2004 - a fifth is no text at all
        raw = damaged(raw, chance)
    return raw.replace(b"\r", b"").replace(b"\n", b"")[:8_000] + b"\r\n"
