"""How does a mail leave? By SMTP, and in doubt only once its last byte is out."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, cast

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.typing import SMTPStatus

from bellhop_notifier.adapters.providers.mail_bytes import as_bytes, as_content
from bellhop_notifier.adapters.providers.port import (
    Ambiguous,
    Message,
    Permanent,
    ProviderResult,
    Temporary,
    stopping,
    unreachable,
)
from bellhop_notifier.adapters.providers.smtp_connections import SmtpConnections, SmtpSettings
from bellhop_notifier.domain.mail import Mail

TAKEN: Final = range(200, 300)
REFUSED: Final = range(400, 600)
PERMANENT_FROM: Final = 500


class SmtpProvider:
    """Whatever comes before the content has one bound for all of it; after the content a silence is doubt."""

    name = "smtp"

    def __init__(self, settings: SmtpSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._connections = SmtpConnections(settings)
        self._beginning: set[asyncio.Timeout] = set()
        self._closed = False

    async def send(self, message: Message) -> ProviderResult:
        if message.mail is None:
            raise Permanent("not-a-mail")
        content = as_content(as_bytes(message.mail, self._clock()))
        if self._closed:
            raise stopping()
        try:
            async with asyncio.timeout(self._settings.begin_within) as bound:
                await self._begin_and_hand_over(message.mail, content, bound)
        except TimeoutError as error:
            raise self._not_begun() from error
        return ProviderResult(message.mail.message_id)

    async def close(self) -> None:
        self._closed = True
        for bound in self._beginning:
            if not bound.expired():
                bound.reschedule(asyncio.get_running_loop().time())
        await self._connections.close()

    def _not_begun(self) -> Temporary:
        return stopping() if self._closed else unreachable()

    async def _begin_and_hand_over(self, mail: Mail, content: bytes, bound: asyncio.Timeout) -> None:
        self._beginning.add(bound)
        try:
            async with self._connections.one() as connection:
                protocol = await _begin(connection, mail)
                self._beginning.discard(bound)
                if bound.expired():
                    raise TimeoutError
                bound.reschedule(None)
                await _hand_over(protocol, content, self._settings.timeout)
        finally:
            self._beginning.discard(bound)


async def _begin(connection: SMTP, mail: Mail) -> SMTPProtocol:
    """Up to the server's leave to send the content."""
    options: list[str] = []
    if mail.is_international:
        if not connection.supports_extension("smtputf8"):
            raise Permanent("address-not-supported")
        options = ["SMTPUTF8"]
    await _command(connection.mail(mail.envelope_from, options=options, encoding="utf-8"), "sender-refused")
    await _command(connection.rcpt(mail.to, encoding="utf-8"), "recipient-refused")
    for copy in mail.cc:
        await _copy_to(connection, copy)
    await _command(_ask_leave(connection), "content-refused")
    if connection.protocol is None:
        raise unreachable()
    return connection.protocol


async def _command(command: Awaitable[object], refused_as: str) -> None:
    try:
        await command
    except SMTPResponseException as error:
        raise _refused(error.code, refused_as) from error
    except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
        raise unreachable() from error


async def _copy_to(connection: SMTP, address: str) -> None:
    """One bad copy doesn't keep the customer from their answer."""
    try:
        await _command(connection.rcpt(address, encoding="utf-8"), "recipient-refused")
    except Permanent:
        return


async def _ask_leave(connection: SMTP) -> None:
    response = await connection.execute_command(b"DATA")
    if response.code != SMTPStatus.start_input:
        raise SMTPDataError(response.code, response.message)


async def _hand_over(protocol: SMTPProtocol, content: bytes, within: float) -> None:
    """Our own write and read, since the library's tells no silence before the content from one after it."""
    try:
        protocol.write(content)
    except SMTPException as error:
        raise unreachable() from error
    try:
        response = await protocol.read_response(timeout=within)
    except (SMTPException, OSError) as error:
        if _is_still_with_us(protocol):
            raise unreachable() from error
        raise Ambiguous("no-answer") from error
    if response.code in TAKEN:
        return
    raise _refused(response.code, "content-refused") if response.code in REFUSED else Ambiguous("unreadable-answer")


def _is_still_with_us(protocol: SMTPProtocol) -> bool:
    """The last byte at least never left, and won't, since the connection is dropped."""
    transport = cast(asyncio.WriteTransport | None, protocol.transport)
    return transport is not None and transport.get_write_buffer_size() > 0


def _refused(code: int, error_class: str) -> Permanent | Temporary:
    return Permanent(error_class) if code >= PERMANENT_FROM else Temporary(f"{error_class}-for-now")
