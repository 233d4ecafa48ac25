"""On what does one contestant run in one round? A database and topics that nobody has used before."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from bellhop_common.events.topics import CATALOGUE, Topic
from bellhop_common.messaging import topic_admin
from bench.servers import Broker, Servers
from support.databases import create_database, drop_database

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Ground:
    bootstrap: str
    dsn: str
    prefix: str

    @property
    def environment(self) -> dict[str, str]:
        """As an operator sets it."""
        return {
            "BELLHOP_KAFKA_BOOTSTRAP": self.bootstrap,
            "BELLHOP_POSTGRES_DSN": self.dsn,
            "BELLHOP_TOPIC_PREFIX": self.prefix,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """`template` is a database to copy; topics are made with the aside topics of these services."""

    template: str | None
    services: Sequence[str] = ("router",)
    broker: Broker = Broker.USUAL
    topics: Sequence[Topic] = CATALOGUE


@asynccontextmanager
async def ground(servers: Servers, wish: Wish) -> AsyncIterator[Ground]:
    """Gone afterwards: what thousands of old partitions cost the broker would be blamed on whoever comes last."""
    prefix, bootstrap = f"b{next(_numbers):04}", servers.bootstraps[wish.broker]
    used = [one for one in wish.topics if set(wish.services) & {*one.read_by, *one.written_by}]
    topics = topic_admin.wanted(used, prefix, wish.services)
    dsn = await create_database(servers.dsn, wish.template)
    try:
        await topic_admin.apply(bootstrap, topics)
        yield Ground(bootstrap, dsn, prefix)
    finally:
        await drop_database(servers.dsn, dsn)
        async with topic_admin.admin(bootstrap) as client:
            await client.delete_topics([one.name for one in topics])
