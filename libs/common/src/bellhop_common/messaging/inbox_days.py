"""How long are handled ids remembered? One table a day, made ahead and dropped as a whole."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from bellhop_common.postgres.database import Connection, atomically, clock

REMEMBERED: Final = timedelta(days=9)
AHEAD: Final = 2
# Handlers must not queue up behind a change of tables that waits for a long transaction.
PATIENCE: Final = "SET LOCAL lock_timeout = '500ms'"
# The whole first and then its days, as handlers lock them: locked one by one, the two would wait for each other.
# Till the commit nobody may add an id to the default table.
WHOLE: Final = "LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"

EXISTING: Final = """
SELECT c.relname AS name FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'inbox'::regclass AND c.relname LIKE 'inbox\\_2%'
"""


async def maintain(conn: Connection, remembered: timedelta = REMEMBERED) -> list[str]:
    """The tables made and dropped. Harmless to call at any time from any replica; another one at it is no error."""
    async with atomically(conn):
        if not await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtext(current_schema()), -1)"):
            return []
        await conn.execute(PATIENCE)
        today = (await clock(conn)).date()
        there = {record["name"] for record in await conn.fetch(EXISTING)}
        made = [day for day in _days(today) if _table(day) not in there]
        dropped = sorted(name for name in there if name < _table(today - remembered))
        if made or dropped:
            await conn.execute(WHOLE)
        for day in made:
            await _make(conn, day)
        for name in dropped:
            await conn.execute(f"DROP TABLE {name}")
    return [_table(day) for day in made] + dropped


async def _make(conn: Connection, day: date) -> None:
    """Under the lock: ids of that day may lie in the default table, where nobody made the day's own in time."""
    name, end = _table(day), day + timedelta(days=1)
    await conn.execute(f"CREATE TABLE {name} (LIKE inbox INCLUDING ALL)")
    early = "WITH early AS (DELETE FROM inbox_default WHERE day = $1 RETURNING day, id)"
    await conn.execute(f"{early} INSERT INTO {name} (day, id) SELECT day, id FROM early", day)  # noqa: S608 - a date
    await conn.execute(f"ALTER TABLE inbox ATTACH PARTITION {name} FOR VALUES FROM ('{day}') TO ('{end}')")


def _days(today: date) -> Iterable[date]:
    return (today + timedelta(days=ahead) for ahead in range(AHEAD + 1))


def _table(day: date) -> str:
    return f"inbox_{day:%Y%m%d}"
