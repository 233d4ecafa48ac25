"""Who looks after a running process? One task that notes marks, one that judges progress and holds back the flow."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.positions import Fetching, Positions
from bellhop_common.kernel.watchdog import Signs, dead_tasks, verdict
from bellhop_common.messaging.consumer import Consumer
from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.observability.health import Health
from bellhop_common.observability.metrics import KernelMetrics
from bellhop_common.postgres.database import Database, clock
from bellhop_common.timers import marks

MARK_EVERY: Final = 0.2
LOOK_EVERY: Final = 0.25
PROBE_TIMEOUT: Final = 5.0
OVERSLEPT: Final = 0.5
TOO_LONG: Final = 3.0
OLD_ANSWERS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Watched:
    database: Database
    consumer: Consumer
    publisher: CombiningPublisher
    positions: Positions
    health: Health
    metrics: KernelMetrics


class Supervision:
    """`stuck` ends the process at once: what is dead can't be asked to stop."""

    def __init__(self, watched: Watched, patience: float, stuck: Callable[[str], None]) -> None:
        self._watched = watched
        self._patience = patience
        self._stuck = stuck

    async def note_marks(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(MARK_EVERY)
            self._doubt_if(overslept(began))
            client, began = self._watched.consumer.client, time.monotonic()
            failure = None if client is None else await attempt(self._note(client))
            self._doubt_if(time.monotonic() - began > TOO_LONG)
            if failure is None:
                self._watched.health.go_on("marks")
            else:
                self._watched.health.wait("marks", failure.reason)

    def _doubt_if(self, stood_still: bool) -> None:  # noqa: FBT001
        """Answers that came meanwhile lie ready, and the client takes them for new ones as it reads them."""
        if stood_still:
            self._watched.positions.doubt((time.time() + OLD_ANSWERS) * 1000)

    async def watch(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK_EVERY)
            self._watched.positions.excuse(time.monotonic() - began - LOOK_EVERY)
            self._hold_back()
            client = self._watched.consumer.client
            if client is not None:
                await self._judge(client)

    async def _note(self, client: Fetching) -> None:
        if self._watched.positions.ends(client, time.time() * 1000):
            await note_ends(self._watched.database, self._watched.positions, client)

    def _hold_back(self) -> None:
        """A full outbox stops the flow, which is no reason to end."""
        publisher, metrics = self._watched.publisher, self._watched.metrics
        metrics.outbox_age.set(publisher.oldest_age)
        metrics.outbox_rows.set(publisher.pending)
        if publisher.overloaded:
            self._watched.consumer.pause()
            self._watched.positions.moved()
            self._watched.health.wait("publisher", f"{publisher.pending} events unpublished")
        elif self._watched.consumer.is_paused and not self._ending:
            self._watched.consumer.resume()
            self._watched.health.go_on("publisher")

    @property
    def _ending(self) -> bool:
        """Who paused it for good wants no more of it."""
        return self._watched.health.stopping or self._watched.health.failed is not None

    async def _judge(self, client: AIOKafkaConsumer) -> None:
        positions, metrics = self._watched.positions, self._watched.metrics
        lags = positions.lags(client)
        still_for = time.monotonic() - positions.moved_at
        metrics.progress.set(still_for if any(lags.values()) else 0.0)
        for topic in {place.topic for place in lags}:
            metrics.lag.labels(topic=topic).set(sum(lag for place, lag in lags.items() if place.topic == topic))
        reason = verdict(Signs(sum(lags.values()), still_for, tuple(dead_tasks(client))), self._patience)
        if reason is not None and not self._watched.health.stopping and await _answers(client, list(lags)):
            self._stuck(reason)
        elif reason is not None:
            positions.moved()


async def note_ends(database: Database, positions: Positions, client: Fetching) -> None:
    """Ages are taken once there is a connection, and what the clock's answer takes counts as age too."""
    async with database.acquire() as connection:
        asked_at, ages = time.monotonic(), positions.ends(client, time.time() * 1000)
        now = await clock(connection)
        asked_for = time.monotonic() - asked_at
        seen = {place: now - timedelta(seconds=age + asked_for) for place, age in ages.items()}
        await marks.write(connection, seen, {})


def overslept(began: float) -> bool:
    """As when the process was frozen, or its machine too busy to let it run."""
    return time.monotonic() - began > MARK_EVERY + OVERSLEPT


async def _answers(client: AIOKafkaConsumer, places: list[TopicPartition]) -> bool:
    """A broker that is away excuses everybody who waits for it."""
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            await client.end_offsets(places)
    except (KafkaError, OSError, TimeoutError):
        return False
    return True
