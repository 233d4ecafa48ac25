"""Who answers a notifier under test? A mail and a web server that do as they are told and keep what they get."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """`refuse` maps a recipient to the answer they get. `hang_up_after_data`: takes a mail and says nothing.

    `ignore` are those to whom it says nothing at all; `ignored` is set then.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    connections: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    ignore: set[str] = field(default_factory=set)
    ignored: asyncio.Event = field(default_factory=asyncio.Event)
    refuse_data: str | None = None
    hang_up_after_data: bool = False
    takes_utf8: bool = False
    open: list[SMTP] = field(default_factory=list)

    def protocol(self) -> SMTP:
        self.connections += 1
        server = SMTP(self, hostname="stand-in", enable_SMTPUTF8=self.takes_utf8)
        self.open.append(server)
        return server

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.ignore:
            self.ignored.set()
            await asyncio.Event().wait()
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse_data is not None:
            return self.refuse_data
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        parsed = message_from_bytes(content, policy=default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.envelopes.append((str(envelope.mail_from), [str(one) for one in envelope.rcpt_tos]))
        if self.hang_up_after_data and server.transport is not None:
            server.transport.close()
        return "250 OK"

    def hang_up(self) -> None:
        for server in self.open:
            if server.transport is not None:
                server.transport.close()
        self.open.clear()


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    stand_in = MailServer()
    listening = await asyncio.get_running_loop().create_server(stand_in.protocol, "127.0.0.1", 0)
    stand_in.port = int(listening.sockets[0].getsockname()[1])
    try:
        yield stand_in
    finally:
        stand_in.hang_up()
        listening.close()
        await listening.wait_closed()


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class WebServer:
    """Answers `(status, body)` in turn, then 200 with `usual`; None hangs up without a word."""

    port: int = 0
    usual: bytes = b'{"messages":[{"id":"wamid.1"}]}'
    answers: list[tuple[int, bytes] | None] = field(default_factory=list)
    headers: str = ""
    requests: list[Request] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(Request(head[0], headers, body))
        answer = self.answers.pop(0) if self.answers else (200, self.usual)
        if answer is not None:
            status, said = answer
            length = f"content-length: {len(said)}\r\nconnection: close\r\n"
            writer.write(f"HTTP/1.1 {status} X\r\n{length}{self.headers}\r\n".encode() + said)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def web_server() -> AsyncIterator[WebServer]:
    stand_in = WebServer()
    listening = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0)
    stand_in.port = int(listening.sockets[0].getsockname()[1])
    try:
        yield stand_in
    finally:
        listening.close()
        await listening.wait_closed()
