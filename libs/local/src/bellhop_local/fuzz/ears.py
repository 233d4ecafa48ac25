"""What do the services say while they are attacked? Their answers on the topics, and what they set aside."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from bellhop_common.beside import beside
from bellhop_common.events import topics

HEARD: Final = (
    topics.CONTACT,
    topics.CONTACT_RESULT,
    topics.CUSTOMER_STATE,
    topics.WORK,
    topics.WORK_REJECTED,
    topics.AGENT,
)
ATTACKED: Final = (topics.CONTACT_INBOUND, topics.CUSTOMER_COMMAND, topics.WORK_COMMAND, topics.AGENT_COMMAND)
MOST_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Heard:
    """`headers` are text; a dead letter has no body, but the bytes that it consists of."""

    topic: str
    headers: dict[str, str]
    body: dict[str, Any]
    raw: bytes = b""

    @property
    def type(self) -> str:
        return self.headers.get("ce_type", "").removeprefix("support.").removesuffix(".v1")


@dataclass(slots=True)
class Ears:
    heard: deque[Heard] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def first(self, wanted: Callable[[Heard], bool]) -> Heard:
        """The first such event that is kept, or as soon as it comes."""
        async with self._news:
            await self._news.wait_for(lambda: any(map(wanted, self.heard)))
        return next(filter(wanted, self.heard))

    async def take(self, one: Heard) -> None:
        async with self._news:
            self.heard.append(one)
            self._news.notify_all()


@asynccontextmanager
async def listening(bootstrap: str, prefix: str) -> AsyncIterator[Ears]:
    ears = Ears()
    asides = [name for topic in ATTACKED for name in topics.aside_topics(topic) if name.endswith(".dead-letter")]
    names = [*(topic.full(prefix) for topic in HEARD), *(f"{prefix}.{name}" for name in asides)]
    consumer = AIOKafkaConsumer(
        *names, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        async with beside(_listen(consumer, ears), "ears"):
            yield ears
    finally:
        await consumer.stop()


async def _listen(consumer: AIOKafkaConsumer, ears: Ears) -> None:
    async for record in consumer:
        await ears.take(_heard(record))


def _heard(record: "ConsumerRecord[bytes | None, bytes | None]") -> Heard:
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
    if "dl_topic" in headers:
        return Heard(record.topic, headers, {}, record.value or b"")
    return Heard(record.topic, headers, orjson.loads(record.value or b"{}"))
