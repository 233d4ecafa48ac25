"""When is a replica in the middle of something? Watched from outside, and stopped there for certain."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import psutil

from bellhop_common.postgres.errors import TROUBLE
from bellhop_local.demo.processes import Replica
from bellhop_local.faults.patience import Patience
from bellhop_local.sink.mail import MailSink, Point

# Of the replica's work.
PATIENCE: Final = 60.0
ASK: Final = 1.0
# Nobody of this service writes an event for so long, unless the moment comes sooner; then all may for a while.
HELD: Final = 0.5
LET_GO: Final = 0.2
POLL: Final = 0.001
# What was under way when the replica was stopped has ended by then, or hasn't.
TO_BE_SURE: Final = 0.03
HOLD: Final = "SET LOCAL lock_timeout = '100ms'; LOCK TABLE {schema}.outbox IN SHARE MODE"
SCHEMA: Final = "SELECT quote_ident(application_name) FROM pg_stat_activity WHERE client_port = ANY($1::int[]) LIMIT 1"
STANDS: Final = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity AS a
    WHERE client_port = ANY($1::int[]) AND (backend_xid IS NOT NULL OR $2)
    AND ({state})
    AND $2 = EXISTS (SELECT FROM pg_locks AS l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)
)"""
WAITS: Final = STANDS.format(state="wait_event_type = 'Lock' AND wait_event = 'relation'")
IDLES: Final = STANDS.format(state="state = 'idle in transaction'")
Act: TypeAlias = Callable[[], None]
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Inside(Enum):
    """Does the transaction hold the lock of a shard, as publishers' do?"""

    TRANSACTION = False
    SEND = True


async def frozen_inside(one: Replica, dsn: str, inside: Inside, patience: Patience) -> bool:
    """False if the moment never came; else it is stopped there, for the caller to let go.

    Both kinds of transaction write to the outbox: one its events, one the deletion of what it has sent. Held up there
    for a moment, a replica is caught for certain, where one that only looks comes too late on most machines.
    """
    while await patience.lasts() and one.runs:
        try:
            async with _connected(dsn) as watching, _connected(dsn) as holding:
                while await patience.lasts() and one.runs:
                    if await _caught(one, _ports(one, urlsplit(dsn).port or 0), watching, holding, inside):
                        return True
                    await asyncio.sleep(LET_GO)
        except TROUBLE:
            await asyncio.sleep(LET_GO)
    return False


async def reached_in_mail(one: Replica, sink: MailSink, point: Point, act: Act, patience: Patience) -> bool:
    """`act` is called while the replica waits for the mail server's answer. False if the moment never came."""
    reached = asyncio.Event()

    async def watch(found: Point, port: int) -> None:
        if found is point and not reached.is_set() and port in _ports(one, sink.port):
            act()
            reached.set()

    with sink.watched(watch):
        while not reached.is_set() and await patience.lasts():
            with suppress(TimeoutError):
                await asyncio.wait_for(reached.wait(), ASK)
    return reached.is_set()


async def _caught(one: Replica, ports: list[int], watching: Connection, holding: Connection, inside: Inside) -> bool:
    there = False
    try:
        if await _stopped_at_outbox(one, ports, watching, holding, inside):
            await asyncio.sleep(TO_BE_SURE)
            there = bool(await watching.fetchval(IDLES, ports, inside.value))
    except asyncpg.LockNotAvailableError:
        return False
    finally:
        if not there:
            one.send(signal.SIGCONT)
    return there


async def _stopped_at_outbox(
    one: Replica, ports: list[int], watching: Connection, holding: Connection, inside: Inside
) -> bool:
    schema = await watching.fetchval(SCHEMA, ports)
    if schema is None:
        return False
    async with holding.transaction():
        await holding.execute(HOLD.format(schema=schema))
        until = _now() + HELD
        while _now() < until:
            if await watching.fetchval(WAITS, ports, inside.value):
                one.send(signal.SIGSTOP)
                return True
            await asyncio.sleep(POLL)
    return False


def _ports(one: Replica, server: int) -> list[int]:
    """This process's ends of its connections to a server's port."""
    try:
        process = psutil.Process(0 if one.process is None else one.process.pid)
        connections = process.net_connections(kind="tcp")
    except psutil.Error:
        return []
    return [each.laddr.port for each in connections if tuple(each.raddr)[1:] == (server,)]


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(dsn, timeout=2, command_timeout=2)
    try:
        yield connection
    finally:
        connection.terminate()


def _now() -> float:
    return asyncio.get_running_loop().time()
