"""Does PostgreSQL answer, is it new enough, are the tables of a service current, and does its clock agree with ours?"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from bellhop_common.addresses import without_credentials
from bellhop_common.doctor.findings import Finding
from bellhop_common.errors import NotReachable
from bellhop_common.postgres.migrations import pending
from bellhop_common.reaching import reaching_postgres

OLDEST: Final = 17
MOST_APART: Final = timedelta(seconds=2)
TIMEOUT: Final = 5.0

Clock = Callable[[], datetime]


async def look_at_postgres(dsn: str, clock: Clock) -> list[Finding]:
    where = without_credentials(dsn)
    try:
        with reaching_postgres(dsn):
            connection = await asyncpg.connect(dsn, timeout=TIMEOUT)
    except NotReachable as error:
        advice = "start it, or let BELLHOP_POSTGRES_DSN name the one that runs, with a user who may log in"
        return [Finding("postgres", where, error.why, advice, unreachable=True)]
    try:
        version = connection.get_server_version()
        theirs = await _now(connection.fetchval)
    finally:
        await connection.close()
    return [version_finding(where, version.major, version.micro), clock_finding(where, theirs, clock())]


async def look_at_tables(service: str, dsn: str, schema: str, migrations: Path | None) -> Finding:
    """Of a server that answers."""
    with reaching_postgres(dsn):
        missing = await pending(dsn, schema, migrations)
    if not missing:
        return Finding("tables", service, "current")
    return Finding("tables", service, f"{len(missing)} migrations are missing", f"`bellhop migrate {service}`")


def version_finding(where: str, major: int, minor: int) -> Finding:
    found = f"answers, version {major}.{minor}"
    advice = "" if major >= OLDEST else f"Bellhop needs PostgreSQL {OLDEST} or newer"
    return Finding("postgres", where, found, advice)


def clock_finding(where: str, theirs: datetime, ours: datetime) -> Finding:
    apart = abs(theirs - ours)
    if apart <= MOST_APART:
        return Finding("clock", where, f"within {MOST_APART.total_seconds():.0f} s of this machine's")
    found = f"{apart.total_seconds():.1f} s {'ahead of' if theirs > ours else 'behind'} this machine's"
    return Finding("clock", where, found, "let the same time service set both machines' clocks")


async def _now(fetch: Callable[[str], Awaitable[object]]) -> datetime:
    found = await fetch("SELECT clock_timestamp()")
    if not isinstance(found, datetime):
        raise TypeError("clock_timestamp() gave no instant")
    return found
