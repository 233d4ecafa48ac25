"""Where does a toy play? Topics and a schema of its own on a stack, in this process or in others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from aiokafka import AIOKafkaProducer

from bellhop_common.kernel.ends import Ends
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.messaging import topic_admin
from bellhop_common.messaging.dead_letters import dead_letter_topic
from bellhop_common.postgres.migrations import migrate
from bellhop_common.settings import KernelSettings
from support.topics import Record, read_topic
from support.toy import contracts, domain
from support.toy.main import service
from support.toy_feed import Feed

SCHEMA = f"bellhop_{contracts.SERVICE}"
ToyRuntime = Runtime[domain.State, domain.Input, domain.Event]


@dataclass(frozen=True, slots=True)
class Stage:
    bootstrap: str
    dsn: str
    prefix: str
    feed: Feed

    @property
    def settings(self) -> dict[str, str]:
        return {"kafka_bootstrap": self.bootstrap, "postgres_dsn": self.dsn, "topic_prefix": self.prefix}

    @asynccontextmanager
    async def toy(self, **settings: object) -> AsyncIterator[ToyRuntime]:
        """A toy in this process, which it never ends."""
        given = {**self.settings, "service": contracts.SERVICE, "session_timeout": 1.5, **settings}
        ends = Ends(politely=lambda: None, at_once=lambda: None)
        runtime = Runtime(service(self.prefix), KernelSettings.model_validate(given), ends)
        await runtime.start()
        try:
            yield runtime
        finally:
            await runtime.stop()

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.dsn, server_settings={"search_path": SCHEMA})
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    async def letters(self) -> list[Record]:
        """Dead letters of the input topic, as they lie there."""
        topic = dead_letter_topic(contracts.TOY_INPUT.full(self.prefix), contracts.SERVICE)
        return await read_topic(self.bootstrap, topic)

    async def count(self, table: str) -> int:
        return int((await self.fetch(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608 - our own names


@asynccontextmanager
async def staged(bootstrap: str, dsn: str, prefix: str) -> AsyncIterator[Stage]:
    await topic_admin.apply(bootstrap, topic_admin.wanted(contracts.CATALOGUE, prefix, (contracts.SERVICE,)))
    await migrate(dsn, SCHEMA)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0, request_timeout_ms=120_000)
    await producer.start()
    try:
        yield Stage(bootstrap, dsn, prefix, Feed(producer, prefix))
    finally:
        await producer.stop()
