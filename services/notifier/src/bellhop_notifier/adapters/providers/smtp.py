"""How does a mail leave? By SMTP over connections that are kept, each used by one mail at a time."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8
from email.utils import format_datetime

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from bellhop_notifier.adapters.providers.port import Ambiguous, Message, Permanent, ProviderResult, Temporary
from bellhop_notifier.domain.mail import Mail

_PERMANENT_FROM = 500


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """`start_tls` None: where the server offers it. `timeout` in seconds, for each command."""

    host: str = "127.0.0.1"
    port: int = 25
    username: str | None = None
    password: str | None = None
    use_tls: bool = False
    start_tls: bool | None = None
    connections: int = 4
    timeout: float = 10.0
    tls: ssl.SSLContext | None = None


class SmtpProvider:
    name = "smtp"

    def __init__(self, settings: SmtpSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._idle: list[SMTP] = []
        self._room = asyncio.Semaphore(settings.connections)

    async def send(self, message: Message) -> ProviderResult:
        if message.mail is None:
            raise Permanent("not-a-mail")
        written = as_bytes(message.mail, self._clock())
        async with self._connection() as connection:
            await self._hand_over(connection, message.mail, written)
        return ProviderResult(message.mail.message_id)

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            await _leave(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[SMTP]:
        """Goes back to the others only after a mail that went well."""
        async with self._room:
            connection = await self._reuse() or await self._connect()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    async def _reuse(self) -> SMTP | None:
        """A server may have hung up meanwhile; asking first keeps that from looking like a mail in doubt."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.rset()
            except (SMTPException, OSError):
                connection.close()
                continue
            return connection
        return None

    async def _connect(self) -> SMTP:
        given = self._settings
        connection = SMTP(
            hostname=given.host,
            port=given.port,
            username=given.username,
            password=given.password,
            use_tls=given.use_tls,
            start_tls=given.start_tls,
            timeout=given.timeout,
            tls_context=given.tls,
        )
        try:
            await connection.connect()
            await connection.ehlo()
        except SMTPAuthenticationError as error:
            connection.close()
            raise Temporary("provider-login") from error
        except (SMTPException, OSError) as error:
            connection.close()
            raise Temporary("provider-unreachable") from error
        return connection

    async def _hand_over(self, connection: SMTP, mail: Mail, written: bytes) -> None:
        """Up to the last byte of the data nothing is in doubt; from then on a silence is."""
        options: list[str] = []
        if mail.is_international:
            if not connection.supports_extension("smtputf8"):
                raise Permanent("address-not-supported")
            options = ["SMTPUTF8"]
        await self._command(connection.mail(mail.envelope_from, options=options, encoding="utf-8"), "sender-refused")
        await self._command(connection.rcpt(mail.to, encoding="utf-8"), "recipient-refused")
        for copy in mail.cc:
            await self._copy_to(connection, copy)
        try:
            await connection.data(written)
        except SMTPResponseException as error:
            raise _refused(error, "content-refused") from error
        except (SMTPException, OSError) as error:
            raise Ambiguous("no-answer") from error

    async def _command(self, command: Awaitable[object], refused_as: str) -> None:
        try:
            await command
        except SMTPResponseException as error:
            raise _refused(error, refused_as) from error
        except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
            raise Temporary("provider-unreachable") from error

    async def _copy_to(self, connection: SMTP, address: str) -> None:
        """One bad copy doesn't keep the customer from their answer."""
        try:
            await self._command(connection.rcpt(address, encoding="utf-8"), "recipient-refused")
        except Permanent:
            return


def as_bytes(mail: Mail, now: datetime) -> bytes:
    """The policy refuses line breaks in headers, should any have come so far."""
    message = EmailMessage(policy=SMTPUTF8 if mail.is_international else SMTP_POLICY)
    try:
        message["From"] = _address(mail.from_address, mail.from_name)
        message["To"] = _address(mail.to)
        if mail.cc:
            message["Cc"] = [_address(one) for one in mail.cc]
        message["Reply-To"] = _address(mail.reply_to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = mail.message_id
        for name, value in mail.headers:
            message[name] = value
    except ValueError as error:
        raise Permanent("unsafe-header") from error
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _refused(error: SMTPResponseException, error_class: str) -> Permanent | Temporary:
    if error.code >= _PERMANENT_FROM:
        return Permanent(error_class)
    return Temporary(f"{error_class}-for-now")


async def _leave(connection: SMTP) -> None:
    try:
        await connection.quit()
    except (SMTPException, OSError):
        connection.close()
