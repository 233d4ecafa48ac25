"""How does a service reach its schema? A pool whose connections all give up before they can freeze others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

import asyncpg
import orjson

from bellhop_common.postgres.errors import TROUBLE

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy
    from asyncpg.transaction import Transaction

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

CONNECT_TIMEOUT: Final = 5.0
# Longer than PostgreSQL's own limits, which end a transaction; this one is for a server that no longer answers.
COMMAND_TIMEOUT: Final = 40.0
SESSION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "idle_in_transaction_session_timeout": "5s",
        "transaction_timeout": "30s",
        "lock_timeout": "5s",
        "tcp_keepalives_idle": "10",
        "jit": "off",
        # Statements are planned at the start, when the tables are empty, and kept: a scan of the whole outbox or of all
        # timers, cheap then, would be repeated many times a second once they have grown.
        "enable_seqscan": "off",
    }
)


@dataclass(frozen=True, slots=True)
class PostgresSettings:
    dsn: str
    schema: str
    pool_size: int = 8


class Database:
    """One schema of one PostgreSQL; no statement names the schema."""

    def __init__(self, settings: PostgresSettings) -> None:
        self.settings = settings
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        # The pool itself may starve a waiter when more ask than there are connections.
        self._turns = asyncio.Semaphore(settings.pool_size)

    async def open(self) -> None:
        """Raises, and stays closed, while PostgreSQL doesn't answer."""
        self._pool = await asyncpg.create_pool(
            self.settings.dsn,
            min_size=0,  # else the pool logs each attempt of its own to come back
            max_size=self.settings.pool_size,
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            server_settings=self._session({}),
            init=_speak_json,
            reset=_keep,
        )
        try:
            await self.now()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), CONNECT_TIMEOUT)
        except TROUBLE:
            pool.terminate()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        pool = self._pool
        if pool is None:
            raise asyncpg.InterfaceError("the database is closed")
        async with self._turns:
            connection = await pool.acquire(timeout=CONNECT_TIMEOUT)
            try:
                yield connection
            except asyncpg.ReadOnlySQLTransactionError:
                await pool.expire_connections()
                raise
            except TimeoutError:
                # A server that is silent answers no request to cancel either, for which the pool would wait as long.
                _drop(connection)
                raise
            finally:
                await _give_back(pool, connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.acquire() as connection, atomically(connection):
            yield connection

    async def connect(self, **session: str) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection of the caller's own, outside the pool; `session` adds to its settings."""
        connection = await asyncpg.connect(
            self.settings.dsn,
            timeout=CONNECT_TIMEOUT,
            command_timeout=COMMAND_TIMEOUT,
            server_settings=self._session(session),
        )
        await _speak_json(connection)
        return connection

    async def now(self) -> datetime:
        """The database's clock, the only one that decides anything."""
        async with self.acquire() as connection:
            return await clock(connection)

    def _session(self, extra: Mapping[str, str]) -> dict[str, str]:
        named = {"application_name": self.settings.schema, "search_path": self.settings.schema}
        return {**SESSION, **named, **extra}


@asynccontextmanager
async def atomically(connection: Connection) -> AsyncIterator[None]:
    """Commits on leaving, rolls back on any exception. If the commit itself fails, its outcome is unknown.

    What the body raised is raised, a cancellation too, whatever becomes of the connection; asyncpg's own would say that
    the connection is closed, which a loop that waits for the database takes for a reason to go on.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    except TimeoutError:
        raise  # from a server that is silent; the connection is to be dropped, and asked nothing any more
    except BaseException:
        await _roll_back(connection, transaction)
        raise
    await transaction.commit()


async def clock(conn: Connection) -> datetime:
    now = await conn.fetchval("SELECT clock_timestamp()")
    assert isinstance(now, datetime)  # noqa: S101 - tells mypy what PostgreSQL returns
    return now


async def _give_back(pool: "asyncpg.Pool[asyncpg.Record]", connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
    """The pool closes one that can't be used again, and says why. The caller's own end, a cancellation too, stands."""
    with suppress(*TROUBLE):
        await pool.release(connection, timeout=CONNECT_TIMEOUT)


async def _roll_back(connection: Connection, transaction: "Transaction") -> None:
    """One that can't do so any more is dropped, and its server rolls back."""
    try:
        await asyncio.wait_for(transaction.rollback(), CONNECT_TIMEOUT)
    except TROUBLE:
        _drop(connection)
    except BaseException:
        _drop(connection)
        raise


def _drop(connection: Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # the pool has taken one back that was closed
        connection.terminate()


async def _speak_json(connection: Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=_dump, decoder=orjson.loads, schema="pg_catalog", format="text")


def _dump(value: object) -> str:
    return orjson.dumps(value).decode()


async def _keep(_connection: Connection) -> None:
    """Nobody sets anything per session, so there is nothing to reset, and no round trip for it."""
