"""What do customers do when mail reaches them? Some write back, into the same thread."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from random import Random
from typing import Final

from bellhop_local.sink.mail import MailSink, SunkMail

WRITES_BACK: Final = 0.2
THANKS: Final = "Thank you! One more thing: does this also hold for my second account?"

Send = Callable[[bytes, str, str], Awaitable[None]]


class Correspondents:
    """`send` takes raw mail, its sender and its Message-ID."""

    def __init__(self, sink: MailSink, send: Send, random: Random, clock: Callable[[], datetime]) -> None:
        self._sink = sink
        self._send = send
        self._random = random
        self._clock = clock
        self._read = 0
        self.written = 0

    async def run(self, until: Callable[[], bool]) -> None:
        while not until():
            self._sink.news.clear()
            fresh, self._read = self._sink.mails[self._read :], len(self._sink.mails)
            for mail in fresh:
                if _is_personal(mail) and self._random.random() < WRITES_BACK:
                    await self._answer(mail)
            try:
                await asyncio.wait_for(self._sink.news.wait(), 0.5)
            except TimeoutError:
                continue

    async def _answer(self, mail: SunkMail) -> None:
        self.written += 1
        await asyncio.sleep(self._random.uniform(0.2, 1.0))
        named = f"<demo-answer-{self.written}@customers.example>"
        await self._send(_reply(mail, named, self._clock()), mail.to, named)


def _is_personal(mail: SunkMail) -> bool:
    """An agent's reply, not a machine's notice."""
    said = str(mail.message["Auto-Submitted"] or "no")
    return said == "no" and bool(mail.message["Reply-To"])


def _reply(mail: SunkMail, named: str, at: datetime) -> bytes:
    original = mail.message
    answer = EmailMessage()
    answer["From"] = mail.to
    answer["To"] = parseaddr(str(original["Reply-To"]))[1]
    answer["Subject"] = f"Re: {mail.subject.removeprefix('Re: ')}"
    answer["Date"] = format_datetime(at)
    answer["Message-ID"] = named
    answer["In-Reply-To"] = mail.message_id
    answer["References"] = mail.message_id
    answer.set_content(THANKS)
    return answer.as_bytes(policy=SMTP if mail.to.isascii() else SMTPUTF8)
