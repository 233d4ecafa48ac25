"""Who looks after a running process? Tasks that notice a freeze, note marks, judge progress, hold back the flow."""

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
from bellhop_common.postgres.errors import TROUBLE
from bellhop_common.timers import marks

BEAT_EVERY: Final = 0.1
MARK_EVERY: Final = 0.2
LOOK_EVERY: Final = 0.25
PROBE_TIMEOUT: Final = 5.0
TOO_LONG: Final = 3.0
SURE_AFTER: Final = 10.0


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
        self._noting_since: float | None = None
        self._suspected_at: float | None = None

    async def stay_awake(self) -> None:
        while True:
            await asyncio.sleep(BEAT_EVERY)
            self._watched.positions.beat(_wall_ms())

    async def note_marks(self) -> None:
        while True:
            await asyncio.sleep(MARK_EVERY)
            client = self._watched.consumer.client
            self._noting_since = time.monotonic()
            failure = None if client is None else await attempt(self._note(client))
            if client is not None and not self._watched.consumer.is_paused:
                await attempt(self._pass_over(client))
            self._noting_since = None
            if failure is None:
                self._watched.health.go_on("marks")
            else:
                self._watched.health.wait("marks", failure.reason)

    async def watch(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK_EVERY)
            self._watched.positions.excuse(time.monotonic() - began - LOOK_EVERY)
            self._hold_back()
            self._watch_marks()
            client = self._watched.consumer.client
            if client is not None:
                self._listen(client)
                await self._judge(client)

    async def _note(self, client: Fetching) -> None:
        if self._watched.positions.ends(client, _wall_ms()):
            await note_ends(self._watched.database, self._watched.positions, client)

    async def _pass_over(self, client: AIOKafkaConsumer) -> None:
        for place in self._watched.positions.left_over(client):
            async with asyncio.timeout(PROBE_TIMEOUT):
                self._watched.positions.passed(place, await client.position(place))

    def _watch_marks(self) -> None:
        """A database that hangs doesn't fail for a long time."""
        if self._noting_since is not None and time.monotonic() - self._noting_since > TOO_LONG:
            self._watched.health.wait("marks", "no answer")

    def _listen(self, client: AIOKafkaConsumer) -> None:
        """While it reads on, the client is answered at least twice a second, and it never says that it isn't."""
        silence = 0.0 if self._watched.consumer.is_paused else self._watched.positions.silent_for(client, _wall_ms())
        if silence > TOO_LONG:
            self._watched.health.wait("kafka", "no answer")
        else:
            self._watched.health.go_on("kafka")

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
        signs = Signs(sum(lags.values()), still_for, tuple(dead_tasks(client)))
        reason = verdict(signs, self._patience)
        if reason is None or self._watched.health.stopping:
            self._suspected_at = None
        elif not await self._all_answer(client, list(lags)):
            self._suspected_at = None
            positions.moved()
        elif signs.dead or self._is_sure():
            self._stuck(reason)

    def _is_sure(self) -> bool:
        """A server may have come back in the very moment in which it was asked; then work goes on now."""
        if self._suspected_at is None:
            self._suspected_at = time.monotonic()
        return time.monotonic() - self._suspected_at > min(self._patience / 2, SURE_AFTER)

    async def _all_answer(self, client: AIOKafkaConsumer, places: list[TopicPartition]) -> bool:
        """A server that is away excuses everybody who waits for it."""
        return await _answers(client, places) and await _lets_in(self._watched.database)


async def note_ends(database: Database, positions: Positions, client: Fetching) -> None:
    """Ages are taken once there is a connection, and what the clock's answer takes counts as age too."""
    async with database.acquire() as connection:
        asked_at, ages = time.monotonic(), positions.ends(client, _wall_ms())
        now = await clock(connection)
        asked_for = time.monotonic() - asked_at
        seen = {place: now - timedelta(seconds=age + asked_for) for place, age in ages.items()}
        await marks.write(connection, seen, {})


def _wall_ms() -> float:
    return time.time() * 1000


async def _lets_in(database: Database) -> bool:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            connection = await database.connect()
            try:
                await clock(connection)
            finally:
                connection.terminate()
    except TROUBLE:
        return False
    return True


async def _answers(client: AIOKafkaConsumer, places: list[TopicPartition]) -> bool:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            await client.end_offsets(places)
    except (KafkaError, OSError, TimeoutError):
        return False
    return True
