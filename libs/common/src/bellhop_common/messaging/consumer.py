"""How do records get from Kafka to the handler without one being skipped? FastStream, set up as was measured."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from bellhop_common.messaging.assignment import Assignment
from bellhop_common.messaging.commits import DeferredCommits, StandIn

Records: TypeAlias = "tuple[ConsumerRecord[bytes, bytes], ...]"
FLUSH_SECONDS: Final = 3.0
# A topic that was deleted and made again is read again after so long.
METADATA_AGE_MS: Final = 20_000
Parse: TypeAlias = Callable[[Records], Awaitable[KafkaMessage]]


@dataclass(frozen=True, slots=True)
class Reading:
    """Which topics (full names) as which group; times in seconds."""

    bootstrap: str
    group: str
    topics: Sequence[str]
    session_timeout: float
    rebalance_timeout: float
    max_records: int
    batch_timeout_ms: int
    stop_timeout: float


class Consumer:
    """One batch at a time over all topics. `handle` returns when it is handled for good, or raises to have it again."""

    def __init__(
        self,
        reading: Reading,
        handle: Callable[[Records], Awaitable[None]],
        commits: DeferredCommits,
        assignment: Assignment,
    ) -> None:
        self._reading = reading
        self._handle = handle
        self._commits = commits
        self._assignment = assignment
        self._paused = False
        self._broker = KafkaBroker(
            reading.bootstrap,
            client_id=reading.group,
            logger=None,
            allow_auto_create_topics=False,
            consumer_only=True,
            metadata_max_age_ms=METADATA_AGE_MS,
            graceful_timeout=reading.stop_timeout / 2,
        )
        self._subscriber = self._broker.subscriber(
            *reading.topics,
            group_id=reading.group,
            batch=True,
            max_records=reading.max_records,
            batch_timeout_ms=reading.batch_timeout_ms,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            session_timeout_ms=int(reading.session_timeout * 1000),
            heartbeat_interval_ms=int(reading.session_timeout * 1000 / 5),
            rebalance_timeout_ms=int(reading.rebalance_timeout * 1000),
            parser=self._parse,
            decoder=_undecoded,
            no_reply=True,
            listener=assignment,
        )
        self._subscriber(self._take)

    @property
    def client(self) -> AIOKafkaConsumer | None:
        """The consumer underneath, for positions and health; None until started."""
        return self._subscriber.consumer

    async def start(self) -> None:
        """Returns when the group has given it partitions, or none. May be tried again when it raises."""
        self._assignment.bind(self)
        try:
            await self._broker.start()
        except BaseException:
            await self._subscriber.stop()
            raise

    async def settle(self, within: float) -> None:
        """Until the batch in hand is handled and its offsets are committed."""
        lock: Any = self._subscriber.lock
        if hasattr(lock, "wait_release"):
            await lock.wait_release(within)
        # While the group's coordinator is away, the client itself would wait for ever.
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._commits.flush()

    @property
    def is_paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        """Assignments drop it, so it is repeated by whoever wants it paused."""
        self._paused = True
        if self.client is not None:
            self.client.pause(*self.client.assignment())

    def resume(self) -> None:
        if self._paused and self.client is not None:
            self.client.resume(*self._assignment.begun)
        self._paused = False

    def let_go_first(self, topics: AbstractSet[str], seconds: float) -> None:
        """All other partitions stand still for so long."""
        others = [place for place in self._assignment.begun if place.topic not in topics]
        if self.client is not None:
            self.client.pause(*others)
            asyncio.get_running_loop().call_later(seconds, self._go_on, others)

    def _go_on(self, places: Sequence[TopicPartition]) -> None:
        still_ours = [place for place in places if place in self._assignment.begun]
        if self.client is not None and not self._paused:
            self.client.resume(*still_ours)

    async def stop(self) -> None:
        """Takes no more, finishes what is in hand, commits, and leaves the group."""
        self.pause()
        await asyncio.sleep(0)
        await self.settle(self._reading.stop_timeout / 2)
        await self._broker.stop()

    async def _take(self, _: list[bytes], message: KafkaMessage) -> None:
        records = message.raw_message
        await self._handle(records if isinstance(records, tuple) else (records,))

    async def _parse(self, records: Records, original: Parse) -> KafkaMessage:
        """FastStream drops a whole batch for one header that isn't text, so it sees none; we read the real ones."""
        headers = [record.headers for record in records]
        for record in records:
            record.headers = ()
        message = await original(records)
        for record, real in zip(records, headers, strict=True):
            record.headers = real
        message.consumer = StandIn(message.consumer, records, self._commits)
        return message


async def _undecoded(message: KafkaMessage) -> object:
    return message.body
