"""How does a test hear what services say? One reader of several topics from their beginning, asked again and again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer

from bellhop_common.beside import beside
from support.topics import Record, identity

Body = dict[str, Any]
Wanted = Callable[[Body], bool]


@dataclass(frozen=True, slots=True)
class Heard:
    """One event. `type` is without prefix and version; a dead letter keeps its headers and has no body."""

    topic: str
    key: str
    type: str
    headers: dict[str, str]
    body: Body


@dataclass(slots=True)
class Listener:
    prefix: str
    events: list[Heard] = field(default_factory=list)
    _known: set[object] = field(default_factory=set)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def of(self, event_type: str, wanted: Wanted = lambda _: True) -> list[Body]:
        return [one.body for one in self.events if one.type == event_type and wanted(one.body)]

    async def first(self, event_type: str, wanted: Wanted = lambda _: True, within: float = 30.0) -> Body:
        return (await self.heard(event_type, wanted, within)).body

    async def heard(self, event_type: str, wanted: Wanted = lambda _: True, within: float = 30.0) -> Heard:
        """The first such event, as soon as it is there."""

        def found() -> list[Heard]:
            return [one for one in self.events if one.type == event_type and wanted(one.body)]

        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(found)
        return found()[0]

    async def letter(self, source: str, within: float = 30.0) -> Heard:
        """The dead letter of a record that this sender wrote."""

        def found() -> list[Heard]:
            return [one for one in self.events if "dl_topic" in one.headers and one.headers.get("ce_source") == source]

        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(found)
        return found()[0]

    async def take(self, record: Record) -> None:
        """A repeat, which is allowed at any time, is heard once."""
        if (known := identity(record)) in self._known:
            return
        self._known.add(known)
        headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        kind = headers.get("ce_type", "").removeprefix("support.").removesuffix(".v1")
        body = {} if "dl_topic" in headers else orjson.loads(record.value or b"{}")
        topic = record.topic.removeprefix(f"{self.prefix}.")
        async with self._news:
            self.events.append(Heard(topic, (record.key or b"").decode(), kind, headers, body))
            self._news.notify_all()


@asynccontextmanager
async def listening(bootstrap: str, prefix: str, topics: Sequence[str]) -> AsyncIterator[Listener]:
    """`topics` without the prefix; they must exist."""
    listener = Listener(prefix)
    consumer = AIOKafkaConsumer(
        *(f"{prefix}.{topic}" for topic in topics),
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        async with beside(_listen(consumer, listener), "listener"):
            yield listener
    finally:
        await consumer.stop()


async def _listen(consumer: AIOKafkaConsumer, listener: Listener) -> None:
    async for record in consumer:
        await listener.take(record)
