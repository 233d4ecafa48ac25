"""What may ingest forget? News of contacts that never came, arrivals nobody repeats, attachments never finished."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from bellhop_common.beside import beside
from bellhop_common.kernel.attempt import attempt
from bellhop_common.observability.logging import Log
from bellhop_common.postgres.database import Database
from bellhop_common.postgres.errors import HandlerError, Outage

EARLY_KEPT: Final = timedelta(minutes=10)
# Providers repeat themselves for seven days; an edit may come later.
ARRIVALS_KEPT: Final = timedelta(days=30)
LOOK_EVERY_SECONDS: Final = 30.0
MOST_AT_ONCE: Final = 2_000
# What somebody has locked right now is left for the next time.
FORGET: Final = """
DELETE FROM aggregates WHERE (kind, id) IN (
    SELECT kind, id FROM aggregates
    WHERE kind = $1 AND body IS NOT NULL AND changed_at < clock_timestamp() - $2::interval
    ORDER BY changed_at LIMIT $3 FOR UPDATE SKIP LOCKED
) RETURNING id, jsonb_array_length(coalesce(body -> 'events', '[]')) AS news
"""


@asynccontextmanager
async def housekeeping(database: Database, log: Log, tidy: Callable[[], Awaitable[int]]) -> AsyncIterator[None]:
    """`tidy` sweeps the folder of attachments."""
    async with beside(_keep_house(database, log, tidy), "housekeeping"):
        yield


async def _keep_house(database: Database, log: Log, tidy: Callable[[], Awaitable[int]]) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        # Each on its own: attachments go on being swept while the database is away.
        for outcome in (await attempt(forget(database, log)), await attempt(tidy())):
            if isinstance(outcome, Outage | HandlerError):
                log.warning("housekeeping-failed", reason=outcome.reason)


async def forget(database: Database, log: Log) -> None:
    async with database.acquire() as connection:
        early = await connection.fetch(FORGET, "early", EARLY_KEPT, MOST_AT_ONCE)
        await connection.fetch(FORGET, "arrival", ARRIVALS_KEPT, MOST_AT_ONCE)
    for row in early:
        if row["news"]:
            log.warning("early-news-expired", contact=row["id"], news=row["news"])
