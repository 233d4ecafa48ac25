"""How are record batches sent so that each is known to be there, or the producer is thrown away?"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from bellhop_common.postgres.outbox_rows import Place, RawRow

MAX_BATCH_BYTES: Final = 512 * 1024
BATCH_OVERHEAD: Final = 1024
MAX_REQUEST_BYTES: Final = 8 * 1024 * 1024
SEND_TIMEOUT: Final = 3.0
STOP_TIMEOUT: Final = 1.0


@dataclass(slots=True)
class Packet:
    """What goes to one partition as one record batch; `ids` are the outbox rows in it."""

    shard: int
    place: Place
    ids: list[int] = field(default_factory=list)
    rows: list[RawRow] = field(default_factory=list)
    bytes: int = 0
    full: bool = False

    def add(self, row_id: int, row: RawRow) -> None:
        """Takes any first row, however large, and then as many as fit; after the first that doesn't, none."""
        size = row.size
        self.full = self.full or (bool(self.ids) and self.bytes + size > MAX_BATCH_BYTES)
        if not self.full:
            self.ids.append(row_id)
            self.rows.append(row)
            self.bytes += size


@dataclass(frozen=True, slots=True)
class Sent:
    """Acknowledged, and not sent at all, since nobody leads their partition; of all others it is unknown."""

    acknowledged: Sequence[Packet] = ()
    leaderless: Sequence[Packet] = ()


class ThrowawayProducer:
    """At most one record batch per partition is in flight.

    After any doubt the next send has a new producer; what the old one may still append can only be a repeat.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: AIOKafkaProducer | None = None
        self._topics: set[str] = set()
        self._ending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Does nothing when started. Raises `KafkaError`, `OSError` or `TimeoutError` while no broker answers."""
        if self._producer is not None:
            return
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            linger_ms=0,
            max_batch_size=MAX_BATCH_BYTES + BATCH_OVERHEAD,
            max_request_size=MAX_REQUEST_BYTES,
            request_timeout_ms=int(SEND_TIMEOUT * 1000),
        )
        try:
            await asyncio.wait_for(producer.start(), SEND_TIMEOUT)
        except (KafkaError, OSError, TimeoutError, asyncio.CancelledError):
            self._end(producer)
            raise
        self._producer, self._topics = producer, set()

    async def stop(self) -> None:
        self.discard()
        if self._ending:
            await asyncio.wait(self._ending, timeout=2 * STOP_TIMEOUT)

    def discard(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            self._end(producer)

    async def send(self, packets: Sequence[Packet]) -> Sent:
        producer = self._producer
        if producer is None or not packets:
            return Sent()
        answers: dict[asyncio.Future[object], Packet] = {}
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._know(producer, {packet.place[0] for packet in packets})
                sendable, leaderless = _by_leader(producer, packets)
                for packet in sendable:
                    answers[await _submit(producer, packet)] = packet
                if answers:
                    await asyncio.wait(answers)
        except (KafkaError, OSError, TimeoutError):
            self.discard()
            return Sent(_acknowledged(answers))
        if leaderless:
            producer.client.force_metadata_update()
        there = _acknowledged(answers)
        if len(there) < len(answers):
            self.discard()
        return Sent(there, leaderless)

    async def _know(self, producer: AIOKafkaProducer, topics: Collection[str]) -> None:
        """Without leaders known nothing is sent, so that a missing topic delays nobody else."""
        if not self._topics.issuperset(topics):
            self._topics.update(topics)
            await producer.client.set_topics(self._topics)

    def _end(self, producer: AIOKafkaProducer) -> None:
        task = asyncio.create_task(_end(producer))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def pack(rows: Iterable[tuple[int, int, RawRow]]) -> list[Packet]:
    """(shard, row id, row) in the order of their ids: per partition one batch, without a gap."""
    packets: dict[int, Packet] = {}
    for shard, row_id, row in rows:
        packets.setdefault(shard, Packet(shard, row.place)).add(row_id, row)
    return list(packets.values())


def _acknowledged(answers: Mapping[asyncio.Future[object], Packet]) -> list[Packet]:
    """One broker that doesn't answer takes nothing from what the others have said."""
    for future in answers:
        future.cancel()
    return [packet for future, packet in answers.items() if not future.cancelled() and future.exception() is None]


def _by_leader(producer: AIOKafkaProducer, packets: Iterable[Packet]) -> tuple[list[Packet], list[Packet]]:
    """Those whose partition has one, and those whose partition has none."""
    led: dict[bool, list[Packet]] = {True: [], False: []}
    for packet in packets:
        led[producer.client.cluster.leader_for_partition(TopicPartition(*packet.place)) not in (None, -1)].append(
            packet
        )
    return led[True], led[False]


async def _submit(producer: AIOKafkaProducer, packet: Packet) -> asyncio.Future[object]:
    batch = producer.create_batch()
    for row in packet.rows:
        headers = [(name, value) for name, value in row.headers]
        if batch.append(timestamp=None, key=row.key, value=row.value, headers=headers) is None:
            raise ValueError(f"a batch of {packet.bytes} bytes doesn't fit")
    future: asyncio.Future[object] = await producer.send_batch(batch, packet.place[0], partition=packet.place[1])
    return future


async def _end(producer: AIOKafkaProducer) -> None:
    """A producer's own stop waits for ever while Kafka is down, and once cancelled leaves its tasks running."""
    try:
        await asyncio.wait_for(producer.stop(), STOP_TIMEOUT)
    except (KafkaError, OSError, TimeoutError):
        await producer._sender.close()  # noqa: SLF001 - nothing public ends it
        await producer.client.close()
