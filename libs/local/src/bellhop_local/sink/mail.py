"""Which mails came out? A real SMTP server that keeps what it is given, in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from typing import TypeAlias

from aiosmtpd.smtp import SMTP, Envelope, Session


class Point(StrEnum):
    """Where a sender stands: nothing is handed over yet, or all is and no answer given."""

    BEGUN = "begun"
    KEPT = "kept"


Watch: TypeAlias = Callable[[Point, int], Awaitable[None]]


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
        self._watches: list[Watch] = []

    @contextmanager
    def watched(self, watch: Watch) -> Iterator[None]:
        """`watch` hears of each mail's points, with the sender's port, before the sender gets its answer."""
        self._watches.append(watch)
        try:
            yield
        finally:
            self._watches.remove(watch)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        await self._reached(Point.BEGUN, session)
        return "250 2.1.0 Go on"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        for recipient in envelope.rcpt_tos:
            named = str(message["Message-ID"] or "").strip()
            self.mails.append(SunkMail(named, recipient, self._clock(), str(message["Subject"] or ""), message))
        self.news.set()
        await self._reached(Point.KEPT, session)
        return "250 2.0.0 Kept"

    async def _reached(self, point: Point, session: Session) -> None:
        for watch in tuple(self._watches):
            await watch(point, int(session.peer[1]) if session.peer else 0)

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
