"""How does the batch loop publish and commit? In tasks of their own, while the loop has the next batch in hand."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2

from bellhop_common.postgres.database import Connection
from bench.baselines.outbound import Outbound
from bench.baselines.place import PARTITIONS

ROUNDS_AHEAD: Final = 2
GONE: Final = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"


@dataclass(frozen=True, slots=True)
class Round:
    """What one transaction has put into the outbox, with the rows' ids there."""

    rows: Sequence[Outbound]
    partitions: Sequence[int]
    ids: Sequence[int]


class Publishing:
    """One record batch per partition and round; the next round waits for the acknowledgement of all of them."""

    def __init__(self, producer: AIOKafkaProducer, connection: Connection) -> None:
        self._producer = producer
        self._connection = connection
        self._rounds: asyncio.Queue[Round] = asyncio.Queue(ROUNDS_AHEAD)

    async def add(self, one: Round) -> None:
        await self._rounds.put(one)

    async def run(self) -> None:
        while True:
            one = await self._rounds.get()
            await self._send(one)
            await self._connection.execute(GONE, one.ids)

    async def _send(self, one: Round) -> None:
        batches: dict[tuple[str, int], Any] = defaultdict(self._producer.create_batch)
        for row, partition in zip(one.rows, one.partitions, strict=True):
            batch = batches[row.topic, partition]
            assert batch.append(key=row.key, value=row.value, timestamp=None, headers=row.headers) is not None
        sent = [await self._producer.send_batch(batch, topic, partition=at) for (topic, at), batch in batches.items()]
        await asyncio.gather(*sent)


class Offsets:
    """The newest ones; losing them costs nothing, since the database knows what was handled."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._due: dict[TopicPartition, int] = {}
        self._wake = asyncio.Event()

    def handled(self, topic: str, next_offsets: Mapping[int, int]) -> None:
        self._due.update({TopicPartition(topic, partition): offset for partition, offset in next_offsets.items()})
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            due, self._due = self._due, {}
            await self._consumer.commit(due)


@lru_cache(maxsize=65_536)
def partition_of(key: bytes) -> int:
    """As Kafka's own clients place a key."""
    return (int(murmur2(key)) & 0x7FFFFFFF) % PARTITIONS
