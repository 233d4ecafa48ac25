"""What has to be tidied now and then? Days of handled ids, tombstones of desks, old stalls, gaps that closed."""

from datetime import timedelta
from typing import Final

from bellhop_common.messaging import inbox, inbox_days
from bellhop_common.postgres import desk_rows
from bellhop_common.postgres.database import Database, clock
from bellhop_common.timers import stalls

# A cache that saw nothing of its desk for longer reads it anew.
TOMBSTONES_KEPT: Final = timedelta(days=1)
STALLS_KEPT: Final = timedelta(days=2)
# No transaction lives so long, so whoever made such a row has forgotten it.
STUBS_KEPT: Final = timedelta(hours=1)

DESKS: Final = """
SELECT DISTINCT desk FROM aggregates WHERE deleted AND changed_at < $1 AND desk <> '' ORDER BY desk
"""


STUBS: Final = "DELETE FROM aggregates WHERE body IS NULL AND NOT deleted AND changed_at < $1"


async def tidy(database: Database, remembered: timedelta = inbox_days.REMEMBERED) -> None:
    """Once an hour is enough; harmless from several replicas at once."""
    async with database.acquire() as conn:
        await inbox_days.maintain(conn, remembered)
        now = await clock(conn)
        await conn.execute(STUBS, now - STUBS_KEPT)
        await stalls.forget(conn, now - STALLS_KEPT)
        await inbox.forget_skipped(conn)
        desks = [record["desk"] for record in await conn.fetch(DESKS, now - TOMBSTONES_KEPT)]
    for desk in desks:
        async with database.transaction() as conn:
            await desk_rows.sweep_tombstones(conn, desk, now - TOMBSTONES_KEPT)
