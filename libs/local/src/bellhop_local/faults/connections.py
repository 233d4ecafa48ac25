"""How does PostgreSQL run out of connections? They are all taken, and whoever loses one gets none again."""

import asyncio
from contextlib import suppress
from typing import Final

import asyncpg

from bellhop_common.postgres.errors import TROUBLE

AGAIN: Final = 0.05
OPENING: Final = 30.0
OURS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'bellhop\\_%'
"""


async def exhaust(dsn: str, seconds: float) -> bool:
    """For so long from the first refusal; False if none came."""
    held: list[asyncpg.Connection[asyncpg.Record]] = []
    try:
        with suppress(*TROUBLE):
            await _take_all(dsn, held)
            # The pools of the services hold what they have, so that they would notice nothing.
            await held[0].execute(OURS)
            async with asyncio.timeout(seconds):
                await _keep_taking(dsn, held)
        return bool(held)
    finally:
        for connection in held:
            connection.terminate()


async def _take_all(dsn: str, held: "list[asyncpg.Connection[asyncpg.Record]]") -> None:
    with suppress(asyncpg.TooManyConnectionsError):
        async with asyncio.timeout(OPENING):
            while True:
                held.append(await asyncpg.connect(dsn, timeout=2))


async def _keep_taking(dsn: str, held: "list[asyncpg.Connection[asyncpg.Record]]") -> None:
    while True:
        with suppress(asyncpg.TooManyConnectionsError):
            held.append(await asyncpg.connect(dsn, timeout=2))
            continue
        await asyncio.sleep(AGAIN)
