"""When is a replica in the middle of something? Watched from outside, and stopped there for certain."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import psutil

from bellhop_common.postgres.errors import TROUBLE
from bellhop_local.demo.processes import Replica
from bellhop_local.sink.mail import MailSink, Point

PATIENCE: Final = 25.0
PORTS_EVERY: Final = 0.25
POLL: Final = 0.001
# What was under way when the replica was stopped has ended by then, or hasn't.
TO_BE_SURE: Final = 0.03
Act: TypeAlias = Callable[[], None]


class Inside(StrEnum):
    """A query each: is one of these connections, by client port, in the middle of it?"""

    TRANSACTION = """
        SELECT EXISTS (
            SELECT FROM pg_stat_activity AS a
            WHERE client_port = ANY($1::int[]) AND state = 'idle in transaction' AND backend_xid IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_locks AS l WHERE l.pid = a.pid AND l.locktype = 'advisory')
        )"""
    SEND = """
        SELECT EXISTS (
            SELECT FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid)
            WHERE client_port = ANY($1::int[]) AND state = 'idle in transaction'
            AND l.locktype = 'advisory' AND l.granted
        )"""


async def frozen_inside(one: Replica, dsn: str, inside: Inside) -> bool:
    """False if the moment never came; else it is stopped there, for the caller to let go."""
    deadline = _now() + PATIENCE
    while _now() < deadline and one.runs:
        try:
            async with _connected(dsn) as connection:
                while _now() < deadline and one.runs:
                    if await _caught(one, dsn, connection, inside):
                        return True
        except TROUBLE:
            await asyncio.sleep(PORTS_EVERY)
    return False


async def reached_in_mail(one: Replica, sink: MailSink, point: Point, act: Act) -> bool:
    """`act` is called while the replica waits for the mail server's answer. False if the moment never came."""
    reached = asyncio.Event()

    async def watch(found: Point, port: int) -> None:
        if found is point and not reached.is_set() and port in _ports(one, sink.port):
            act()
            reached.set()

    with sink.watched(watch):
        try:
            await asyncio.wait_for(reached.wait(), PATIENCE)
        except TimeoutError:
            return False
    return True


async def _caught(one: Replica, dsn: str, connection: "asyncpg.Connection[asyncpg.Record]", inside: Inside) -> bool:
    ports = _ports(one, urlsplit(dsn).port or 0)
    until = _now() + PORTS_EVERY
    while _now() < until:
        if await connection.fetchval(inside.value, ports) and await _stopped_there(one, connection, ports, inside):
            return True
        await asyncio.sleep(POLL)
    return False


async def _stopped_there(
    one: Replica, connection: "asyncpg.Connection[asyncpg.Record]", ports: list[int], inside: Inside
) -> bool:
    one.send(signal.SIGSTOP)
    there = False
    try:
        await asyncio.sleep(TO_BE_SURE)
        there = bool(await connection.fetchval(inside.value, ports))
    finally:
        if not there:
            one.send(signal.SIGCONT)
    return there


def _ports(one: Replica, server: int) -> list[int]:
    """This process's ends of its connections to a server's port."""
    try:
        process = psutil.Process(0 if one.process is None else one.process.pid)
        connections = process.net_connections(kind="tcp")
    except psutil.Error:
        return []
    return [each.laddr.port for each in connections if tuple(each.raddr)[1:] == (server,)]


@asynccontextmanager
async def _connected(dsn: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(dsn, timeout=2, command_timeout=2)
    try:
        yield connection
    finally:
        connection.terminate()


def _now() -> float:
    return asyncio.get_running_loop().time()
