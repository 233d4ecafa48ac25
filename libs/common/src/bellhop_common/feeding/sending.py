"""How do records of a file reach a topic? In bounded groups, each acknowledged before the next one is read."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from bellhop_common.errors import Misuse
from bellhop_common.feeding.rows import Parcel
from bellhop_common.messaging.topic_admin import partitions
from bellhop_common.reaching import kafka_gone

AT_ONCE: Final = 500
MAX_BYTES: Final = 1024 * 1024


class Sending:
    """A context. Raises `NotReachable`, and `Misuse` where the topic isn't there."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        if not await partitions(self._bootstrap, [self._topic]):
            raise Misuse(f"there is no topic {self._topic} at {self._bootstrap}; `bellhop topics apply` makes it")
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True, max_request_size=2 * MAX_BYTES
        )
        try:
            await producer.start()
        except (KafkaError, OSError) as error:
            await producer.stop()
            raise kafka_gone(self._bootstrap, error) from error
        self._producer = producer
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def send(self, parcels: Sequence[Parcel]) -> None:
        """Returns when all of them are there; of a group that fails, any may be."""
        if self._producer is None:
            raise Misuse("not connected")
        try:
            futures = [
                await self._producer.send(self._topic, one.value, key=one.key, headers=list(one.headers))
                for one in parcels
            ]
            await asyncio.gather(*futures)
        except (KafkaError, OSError) as error:
            raise kafka_gone(self._bootstrap, error) from error


def in_groups(parcels: Iterable[Parcel]) -> Iterator[list[Parcel]]:
    waiting = iter(parcels)
    while group := list(islice(waiting, AT_ONCE)):
        yield group
