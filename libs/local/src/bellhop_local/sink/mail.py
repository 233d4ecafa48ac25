"""Which mails came out? A real SMTP server that keeps what it is given, in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class SunkMail:
    message_id: str
    to: str
    at: datetime
    subject: str
    message: EmailMessage = field(repr=False)


class MailSink:
    """`mails` in the order of arrival; `news` is set at each."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.mails: list[SunkMail] = []
        self.news = asyncio.Event()
        self.port = 0
        self._clock = clock

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        for recipient in envelope.rcpt_tos:
            named = str(message["Message-ID"] or "").strip()
            self.mails.append(SunkMail(named, recipient, self._clock(), str(message["Subject"] or ""), message))
        self.news.set()
        return "250 2.0.0 Kept"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["MailSink"]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, ident="sink", enable_SMTPUTF8=True), "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()
