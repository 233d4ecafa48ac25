"""When is a handled batch's offset committed? Soon, in the background, never before the handler is done."""

import asyncio
from collections.abc import Iterable
from typing import Final, Protocol

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from bellhop_common.observability.logging import Log

# Small batches come faster than this, and each commit is a record of the broker's own.
PAUSE: Final = 0.1


class OffsetCommitter(Protocol):
    async def commit(self, offsets: dict[TopicPartition, int]) -> None: ...


class DeferredCommits:
    """The newest handled offset per partition; one task commits, one commit is in flight.

    A lost commit costs nothing: the database knows what was handled.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._due: dict[TopicPartition, int] = {}
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._consumer: OffsetCommitter | None = None

    def attach(self, consumer: OffsetCommitter) -> None:
        self._consumer = consumer

    def handled(self, records: Iterable["ConsumerRecord[bytes, bytes]"]) -> None:
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            self._due[place] = max(self._due.get(place, 0), record.offset + 1)
        self._wake.set()

    def forget(self, places: Iterable[TopicPartition]) -> None:
        """Of partitions that went to another process; committing them could rewind the group."""
        for place in places:
            self._due.pop(place, None)

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.flush()
            await asyncio.sleep(PAUSE)

    async def flush(self) -> None:
        async with self._one_at_a_time:
            due, self._due = self._due, {}
            if not due or self._consumer is None:
                return
            try:
                await self._consumer.commit(due)
            except KafkaError as error:
                self._log.warning("offset-commits-wait", reason=type(error).__name__)


class StandIn:
    """Takes the consumer's place in a message: acknowledging notes the offsets, refusing really seeks back."""

    def __init__(
        self,
        real: "Seekable",
        records: tuple["ConsumerRecord[bytes, bytes]", ...],
        commits: DeferredCommits,
    ) -> None:
        self._real = real
        self._records = records
        self._commits = commits

    async def commit(self) -> None:
        self._commits.handled(self._records)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._real.seek(partition, offset)


class Seekable(Protocol):
    def seek(self, partition: TopicPartition, offset: int) -> None: ...
