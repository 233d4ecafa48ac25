"""What may ingest forget? News of contacts that never came, after ten minutes, and arrivals nobody repeats any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from bellhop_common.beside import beside
from bellhop_common.kernel.attempt import attempt
from bellhop_common.observability.logging import Log
from bellhop_common.postgres.database import Database

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
async def housekeeping(database: Database, log: Log) -> AsyncIterator[None]:
    async with beside(_keep_house(database, log), "housekeeping"):
        yield


async def _keep_house(database: Database, log: Log) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        failure = await attempt(forget(database, log))
        if failure is not None:
            log.warning("housekeeping-failed", reason=failure.reason)


async def forget(database: Database, log: Log) -> None:
    async with database.acquire() as connection:
        early = await connection.fetch(FORGET, "early", EARLY_KEPT, MOST_AT_ONCE)
        await connection.fetch(FORGET, "arrival", ARRIVALS_KEPT, MOST_AT_ONCE)
    for row in early:
        if row["news"]:
            log.warning("early-news-expired", contact=row["id"], news=row["news"])
