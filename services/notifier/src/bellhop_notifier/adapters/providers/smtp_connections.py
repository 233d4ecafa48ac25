"""How are connections to a mail server kept? A few places, each for one mail at a time, and none left open in anger."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, cast

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPAuthenticationError, SMTPException

from bellhop_notifier.adapters.providers.port import Temporary, unreachable

ALIVE_WITHIN: Final = 3.0
LEAVE_WITHIN: Final = 1.0
NAMED_WITHIN: Final = 2.0


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """`start_tls` None: where the server offers it. `timeout` in seconds, for each command.

    `begin_within`: for all that comes before the content, the wait for a place too; well below half of a call's lease.
    """

    host: str = "127.0.0.1"
    port: int = 25
    username: str | None = None
    password: str | None = None
    use_tls: bool = False
    start_tls: bool | None = None
    connections: int = 4
    timeout: float = 10.0
    begin_within: float = 12.0
    tls: ssl.SSLContext | None = None


class SmtpConnections:
    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._idle: list[SMTP] = []
        self._own_name: str | None = None
        self._room = asyncio.Semaphore(settings.connections)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[SMTP]:
        """Goes back to the others only after a mail that went well."""
        async with self._room:
            connection = await self._reuse() or await self._connect()
            try:
                yield connection
            except BaseException:
                drop(connection)
                raise
            self._idle.append(connection)

    async def close(self) -> None:
        """Of all at once: a server that says nothing is waited for once, not once for each."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_leave(connection) for connection in idle))

    async def _reuse(self) -> SMTP | None:
        """A server may have hung up meanwhile; asking first keeps that from looking like a mail in doubt.

        Where one connection is dead, the others are taken to be, so that no mail waits for the silence of each.
        """
        if not self._idle:
            return None
        connection = self._idle.pop()
        try:
            await connection.rset(timeout=min(self._settings.timeout, ALIVE_WITHIN))
        except (SMTPException, OSError):
            idle, self._idle = self._idle, []
            for dead in (connection, *idle):
                drop(dead)
            return None
        except BaseException:
            drop(connection)
            raise
        return connection

    async def _connect(self) -> SMTP:
        connection = self._unconnected(await self._name())
        try:
            await connection.connect()
            await connection.ehlo()
        except SMTPAuthenticationError as error:
            drop(connection)
            raise Temporary("provider-login") from error
        except (SMTPException, OSError, ValueError) as error:
            # A ValueError is a host's name that can't be one.
            drop(connection)
            raise unreachable(error) from error
        except BaseException:
            drop(connection)
            raise
        return connection

    async def _name(self) -> str:
        """What we greet with; a name service that is away holds up one greeting at most, and that not for long."""
        if self._own_name is None:
            try:
                async with asyncio.timeout(NAMED_WITHIN):
                    self._own_name = await asyncio.to_thread(socket.getfqdn)
            except TimeoutError:
                self._own_name = socket.gethostname()
        return self._own_name

    def _unconnected(self, own_name: str) -> SMTP:
        given = self._settings
        return SMTP(
            local_hostname=own_name,
            hostname=given.host,
            port=given.port,
            username=given.username,
            password=given.password,
            use_tls=given.use_tls,
            start_tls=given.start_tls,
            timeout=given.timeout,
            tls_context=given.tls,
        )


def drop(connection: SMTP) -> None:
    """What is still to be written is not written any more: a server that wakes up mustn't take a mail given up here."""
    transport = connection.transport
    connection.close()
    if transport is not None:
        cast(asyncio.WriteTransport, transport).abort()


async def _leave(connection: SMTP) -> None:
    with suppress(SMTPException, OSError):
        await connection.quit(timeout=LEAVE_WITHIN)
    drop(connection)
