"""How does every replica hear a topic from now on? By a reader without a group, from the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer

from bellhop_common.beside import beside
from bellhop_common.kernel.attempt import attempt

PAUSE_SECONDS: Final = 1.0
Heard = Callable[[bytes], Awaitable[None]]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def follow(
    bootstrap: str, topics: Sequence[str], heard: Heard, ended: Callable[[Exception], None] | None = None
) -> AsyncIterator[None]:
    """Gives each record's value to `heard`. Nothing is promised: who needs every record reads with a group."""

    async def listen() -> None:
        await _listen(bootstrap, topics, heard)

    async with beside(again_and_again(listen), "follower", ended):
        yield


async def again_and_again(listen: Callable[[], Awaitable[None]], pause: float = PAUSE_SECONDS) -> None:
    """Whatever ends the listening, a listener that is gone for good would be worse than one that missed something."""
    while True:
        failure = await attempt(listen())
        if failure is not None:
            log.warning("listening-waits", error_class=failure.reason)
        await asyncio.sleep(pause)


async def _listen(bootstrap: str, topics: Sequence[str], heard: Heard) -> None:
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="latest", enable_auto_commit=False
    )
    try:
        await consumer.start()
        async for record in consumer:
            if record.value is not None:
                await _tell(heard, record.value)
    finally:
        await consumer.stop()


async def _tell(heard: Heard, value: bytes) -> None:
    """One record that can't be told is no reason to hear no others."""
    failure = await attempt(heard(value))
    if failure is not None:
        log.warning("not-told", error_class=failure.reason)
