"""Which dead letters lie on a topic, and how does one go back? Reading and sending, nothing decided."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from bellhop_common.errors import Misuse
from bellhop_common.kernel.delivery import Origin
from bellhop_common.messaging.dead_letters import DL_REPLAY, retry_topic
from bellhop_common.messaging.topic_admin import partitions

IDLE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class LetterId:
    """The place of the letter itself: `topic:partition:offset`."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> "LetterId":
        topic, _, place = text.partition(":")
        partition, _, offset = place.partition(":")
        if not (topic.endswith(".dead-letter") and partition.isdigit() and offset.isdigit()):
            raise Misuse(f"{text!r} names no dead letter; `bellhop dead-letters list` shows their ids")
        return cls(topic, int(partition), int(offset))

    @property
    def service(self) -> str:
        return self.topic.removesuffix(".dead-letter").rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Letter:
    id: LetterId
    origin: Origin
    error_class: str
    attempts: int
    at: datetime
    record: "ConsumerRecord[bytes, bytes]"


async def letters(bootstrap: str, topics: Iterable[str]) -> AsyncIterator[Letter]:
    """Everything that is there now, topic by topic; topics that aren't there have none."""
    counts = await partitions(bootstrap, list(topics))
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        for topic, count in counts.items():
            async for record in _all_of(consumer, [TopicPartition(topic, number) for number in range(count)]):
                yield letter_of(record)
    finally:
        await consumer.stop()


async def find(bootstrap: str, wanted: LetterId) -> Letter:
    async for letter in letters(bootstrap, [wanted.topic]):
        if letter.id == wanted:
            return letter
    raise Misuse(f"there is no dead letter {wanted}")


async def send_back(bootstrap: str, sent: Sequence[Letter]) -> None:
    """To the retry topic that only the failing service reads: same partition, bytes, key and headers."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=3 * 1024 * 1024)
    await producer.start()
    try:
        for letter in sent:
            headers = [*letter.record.headers, (DL_REPLAY, str(uuid4()).encode())]
            await producer.send_and_wait(
                retry_topic(letter.origin.topic, letter.id.service),
                letter.record.value,
                key=letter.record.key,
                partition=letter.id.partition,
                headers=headers,
            )
    finally:
        await producer.stop()


def letter_of(record: "ConsumerRecord[bytes, bytes]") -> Letter:
    said = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers if name.startswith("dl_")}
    return Letter(
        id=LetterId(record.topic, record.partition, record.offset),
        origin=Origin(said.get("dl_topic", ""), int(said.get("dl_partition", 0)), int(said.get("dl_offset", 0))),
        error_class=said.get("dl_error_class", "unknown"),
        attempts=int(said.get("dl_attempts", 1)),
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        record=record,
    )


async def _all_of(
    consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]
) -> AsyncIterator["ConsumerRecord[bytes, bytes]"]:
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    await consumer.seek_to_beginning(*places)
    while any([await consumer.position(place) < ends[place] for place in places]):
        batches = await asyncio.wait_for(consumer.getmany(timeout_ms=500), IDLE_SECONDS)
        for records in batches.values():
            for record in records:
                yield record
