"""How do tables and topics come into being for the demo? As the commands `migrate` and `topics apply` make them."""

import asyncio
from importlib.metadata import entry_points
from typing import Final

from bellhop_common.errors import NotReachable
from bellhop_common.events.topics import CATALOGUE, SERVICES
from bellhop_common.messaging import topic_admin
from bellhop_common.postgres.migrations import migrate

TRIES: Final = 10
PAUSE: Final = 1.0


async def prepare(postgres_dsn: str, kafka_bootstrap: str, prefix: str) -> None:
    await asyncio.gather(_topics(kafka_bootstrap, prefix), *(_tables(postgres_dsn, name) for name in SERVICES))


async def _topics(bootstrap: str, prefix: str) -> None:
    """A broker that has just come up on a busy machine may not answer at once."""
    for left in reversed(range(TRIES)):
        try:
            await topic_admin.apply(bootstrap, topic_admin.wanted(CATALOGUE, prefix))
        except NotReachable:
            if not left:
                raise
            await asyncio.sleep(PAUSE)
        else:
            return


async def _tables(dsn: str, name: str) -> None:
    found = next(entry for entry in entry_points(group="bellhop.services") if entry.name == name)
    await migrate(dsn, f"bellhop_{name}", found.load()().migrations)
