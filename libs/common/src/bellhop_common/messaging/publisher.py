"""Who publishes what was committed? One task a process, for its own rows and for those that others left.

Nobody else publishes, so per key the order on the topic is the order in the outbox; whoever is frozen
or killed on the way can only cause a repeat.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import asyncpg
import structlog
from aiokafka.errors import KafkaError

from bellhop_common.messaging import rounds
from bellhop_common.messaging.backlog import MAX_ROWS, Backlog, overloaded
from bellhop_common.messaging.rounds import Producer
from bellhop_common.messaging.throwaway_producer import ThrowawayProducer
from bellhop_common.postgres.database import Database
from bellhop_common.postgres.errors import TROUBLE, classify

SWEEP_EVERY: Final = 0.25
TURN_PAUSE: Final = 0.003
TROUBLE_PAUSE: Final = 0.1

log = structlog.get_logger(__name__)


class CombiningPublisher:
    """Never ends because Kafka or PostgreSQL are down; `overloaded` asks others to stop adding meanwhile."""

    def __init__(self, database: Database, bootstrap: str, producer: Producer | None = None) -> None:
        self._database = database
        self._producer = producer or ThrowawayProducer(bootstrap)
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._backlog = Backlog()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._swept_at = float("-inf")
        self.overloaded = False
        self.oldest_age = 0.0
        self.pending = 0

    @property
    def alive(self) -> bool:
        return self._task is not None and not self._task.done()

    async def start(self) -> "asyncio.Task[None]":
        """The task, whose end before `stop` somebody must notice: without it nothing is published."""
        self._task = asyncio.create_task(self._run(), name="publisher")
        return self._task

    async def stop(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a bound that isn't an error to reach
        """Goes on until our own rows are out, at most so long; the rest is for whoever comes next."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            done, _ = await asyncio.wait([self._task], timeout=timeout)
            if not done:
                self._task.cancel()
                await asyncio.wait([self._task])
        await self._disconnect()
        await self._producer.stop()

    def committed(self, shards: Mapping[int, int]) -> None:
        """After the commit: these shards have rows up to these ids. Returns at once."""
        if shards:
            self._backlog.add(shards)
            self._wake.set()

    async def _run(self) -> None:
        while not (self._stopping and not self._backlog.has_own()):
            try:
                await self._turn()
            except TROUBLE as error:
                log.warning("outbox-waits", reason=classify(error).reason)
                await self._disconnect()
                await asyncio.sleep(TROUBLE_PAUSE)

    async def _turn(self) -> None:
        if self._connection is None or self._connection.is_closed():
            # Should PostgreSQL crash and forget a deletion, the row is only sent once more.
            self._connection = await self._database.connect(synchronous_commit="off")
        if self._now() - self._swept_at >= SWEEP_EVERY:
            await self._sweep(self._connection)
        ready = self._backlog.ready(self._now())
        if ready and await self._has_producer(ready):
            await self._round(self._connection, ready)
        else:
            await self._rest()

    async def _sweep(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._swept_at = self._now()
        found = await rounds.left(connection, MAX_ROWS + 1)
        self._backlog.add(dict.fromkeys(found.shards, 0))
        self.oldest_age, self.pending = found.oldest_age, found.rows
        self.overloaded = overloaded(self.overloaded, found.oldest_age, found.rows)

    async def _has_producer(self, ready: list[int]) -> bool:
        try:
            await self._producer.start()
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("publishing-waits", reason=type(error).__name__)
            self._backlog.absent(ready, self._now())
            return False
        return True

    async def _round(self, connection: "asyncpg.Connection[asyncpg.Record]", asked: list[int]) -> None:
        result = await rounds.publish(connection, self._database.settings.schema, self._producer, asked)
        self._backlog.failed(result.failed, self._now())
        self._backlog.absent(result.leaderless, self._now())
        self._backlog.succeeded(result.sent)
        self._backlog.settle(asked, result.held, result.oldest)
        if result.failed or result.leaderless:
            log.warning("acknowledgements-wait", shards=len(result.failed), leaderless=len(result.leaderless))
        if not result.sent:
            await asyncio.sleep(TURN_PAUSE)

    async def _rest(self) -> None:
        """Until told of new rows, until a shard's wait is over, or until it is time to sweep."""
        next_at = self._backlog.next_at()
        until = min(self._swept_at + SWEEP_EVERY, float("inf") if next_at is None else next_at)
        try:
            async with asyncio.timeout(max(until - self._now(), TURN_PAUSE)):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
