"""What must happen before services run on a restored database? A new epoch, which readers tell from the old one."""

from typing import Final

from bellhop_common.errors import Misuse
from bellhop_common.postgres.database import Connection

# Every connection of a service names its schema as its application.
RUNNING: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = current_schema() AND pid <> pg_backend_pid()
"""
RAISE: Final = "UPDATE meta SET epoch = greatest(epoch + 1, $1) RETURNING epoch"


class ServicesRun(Misuse):
    def __init__(self, connections: int) -> None:
        super().__init__(f"{connections} connections of the service are open; stop all of its replicas first")
        self.connections = connections


async def raise_epoch(conn: Connection, at_least: int = 1) -> int:
    """The new epoch; sequences of all keys start anew in it, and readers with them.

    `at_least` is for a second restore from the same backup, which doesn't know of the first one's epoch.
    """
    async with conn.transaction():
        await refuse_while_running(conn)
        await conn.execute("DELETE FROM sequences")
        return int(await conn.fetchval(RAISE, at_least))


async def refuse_while_running(conn: Connection) -> None:
    """Raises `ServicesRun`."""
    running = int(await conn.fetchval(RUNNING))
    if running:
        raise ServicesRun(running)
