"""How does mail come in? LMTP (RFC 2033) from the mail server in front of us: each recipient gets its own answer."""

from asyncio import AbstractServer, get_running_loop
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import AnyStr, Final

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from bellhop_common.kernel.attempt import attempt
from bellhop_ingest.application.group_commit import Busy
from bellhop_ingest.domain.documents import Door

OK: Final = "250 2.0.0"
NEVER: Final = "554 5.6.0"
GO_ON: Final = "354"
LATER: Final = "451 4.3.0 Not stored, try again:"
NO_SUCH_MAILBOX: Final = "550 5.1.1 No mailbox here of that address"
BAD_PARAMETERS: Final = "501 5.5.4 Parameters that can't be read"
MAX_RECIPIENTS: Final = 100
LONGEST_LINE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mail:
    raw: bytes
    envelope_sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailDoors:
    """`door_of` knows the mailboxes; `take_in` gives the answer once the mail is durable, or raises `Busy`."""

    door_of: Callable[[str], Awaitable[Door | None]]
    take_in: Callable[[Mail, Door], Awaitable[str]]
    refused: Callable[[BaseException], None]


class _Handler:
    def __init__(self, doors: MailDoors) -> None:
        self._doors = doors

    async def handle_RCPT(  # noqa: N802 - the hook's name and arguments are aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            door = await self._doors.door_of(address)
        except Busy as busy:
            return f"{LATER} {busy.why}"
        if door is None:
            return NO_SUCH_MAILBOX
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """One answer a recipient (RFC 2033, 4.2); recipients behind one door share one arrival."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = Mail(raw, envelope.mail_from or "", tuple(envelope.rcpt_tos))
        answers: dict[str, str] = {}
        replies = [await self._surely(mail, address, answers) for address in mail.recipients]
        return "\r\n".join(replies)

    async def _surely(self, mail: Mail, address: str, answers: dict[str, str]) -> str:
        """A failure, too, is one recipient's: the client counts the answers."""
        answer = await attempt(self._answer(mail, address, answers))
        if isinstance(answer, str):
            return answer
        self._doors.refused(answer.error)
        return f"{LATER} internal error"

    async def handle_exception(self, error: Exception) -> str:
        self._doors.refused(error)
        return f"{LATER} internal error"

    async def _answer(self, mail: Mail, address: str, answers: dict[str, str]) -> str:
        try:
            door = await self._doors.door_of(address)
            if door is None:
                return NO_SUCH_MAILBOX
            if door.name not in answers:
                answers[door.name] = await self._doors.take_in(mail, door)
        except Busy as busy:
            return f"{LATER} {busy.why}"
        return answers[door.name]


class _Listener(LMTP):
    """Mail servers in front of us let longer lines through than RFC 5321 allows; refused here, they would be lost."""

    line_length_limit = LONGEST_LINE
    _takes_mail = False

    async def push(self, status: AnyStr) -> None:
        """A mail over a limit is refused by aiosmtpd itself, once; the client counts an answer for each recipient.

        Our own answers are as many as that already, and come when no recipient is noted any more.
        """
        recipients = len(self.envelope.rcpt_tos) if self._takes_mail and self.envelope is not None else 0
        self._takes_mail = status[:3] in (GO_ON, GO_ON.encode())
        for _ in range(max(recipients, 1)):
            await super().push(status)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - the method's name is aiosmtpd's
        """Its own reading of `SIZE=` fails on digits that aren't ASCII; to come again later would not help."""
        try:
            await super().smtp_MAIL(arg)
        except ValueError:
            await self.push(BAD_PARAMETERS)


@asynccontextmanager
async def listen(host: str, port: int, doors: MailDoors, max_bytes: int) -> AsyncIterator[AbstractServer]:
    """Port 0 takes a free one. A mail over `max_bytes` is refused with 552 for each recipient, and not kept."""
    handler = _Handler(doors)

    def connect() -> LMTP:
        return _Listener(handler, data_size_limit=max_bytes, enable_SMTPUTF8=True, ident="Bellhop")

    server = await get_running_loop().create_server(connect, host, port)
    try:
        yield server
    finally:
        server.close()
        await server.wait_closed()
