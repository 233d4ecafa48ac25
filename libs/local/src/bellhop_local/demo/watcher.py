"""Who follows all topics during the demo? One reader without a group; the tally and the agents hear from it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer

from bellhop_common.beside import beside
from bellhop_common.events.topics import CATALOGUE, aside_topics
from bellhop_local.demo.happenings import Happening, read_happening
from bellhop_local.demo.tally import Tally

Hear = Callable[[Happening], None]


def ignore(_: Happening) -> None:
    return


class Watcher:
    """`hear` is called for each first occurrence, in the order read."""

    def __init__(self, bootstrap: str, prefix: str, hear: Hear) -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._hear = hear
        self.tally = Tally()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["Watcher"]:
        asides = [f"{self._prefix}.{name}" for topic in CATALOGUE for name in aside_topics(topic)]
        self._dead = frozenset(name for name in asides if name.endswith(".dead-letter"))
        topics = [topic.full(self._prefix) for topic in CATALOGUE] + sorted(self._dead)
        consumer = AIOKafkaConsumer(
            *topics, bootstrap_servers=self._bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
        )
        await consumer.start()
        try:
            async with beside(self._watch(consumer), "watcher"):
                yield self
        finally:
            await consumer.stop()

    async def _watch(self, consumer: AIOKafkaConsumer) -> None:
        async for record in consumer:
            if record.topic in self._dead:
                self.tally.dead_letters += 1
                continue
            happening = read_happening(record, self._prefix)
            if happening is not None and self.tally.add(happening):
                self._hear(happening)
