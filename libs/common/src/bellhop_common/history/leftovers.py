"""Which rows are left in the services' tables that should be empty once all is at rest?"""

import asyncpg

from bellhop_common.history.ports import Leftover
from bellhop_common.reaching import reaching_postgres

_TABLES = """
SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name
FROM information_schema.tables
WHERE table_schema LIKE 'bellhop\\_%' AND table_name IN ('outbox', 'held', 'parked')
ORDER BY 1
"""


async def leftovers(dsn: str) -> tuple[Leftover, ...]:
    with reaching_postgres(dsn):
        connection = await asyncpg.connect(dsn, timeout=10)
    try:
        names = [row["name"] for row in await connection.fetch(_TABLES)]
        # The names come quoted from the catalogue of the database itself.
        counts = [await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names]  # noqa: S608
    finally:
        await connection.close()
    return tuple(Leftover(name, count) for name, count in zip(names, counts, strict=True))
