"""What is in the topics now? Every partition from where its log begins to where it ended when the reading began."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from bellhop_common.errors import Misuse, NotReachable
from bellhop_common.events.topics import CATALOGUE, aside_topics
from bellhop_common.history.ports import Extent, Facts
from bellhop_common.history.records import RawRecord
from bellhop_common.reaching import kafka_gone

_POLL_MS: Final = 500
_SILENT_POLLS: Final = 60
_AT_ONCE: Final = 2_000
_START = datetime(1970, 1, 1, tzinfo=UTC)

_Ends = dict[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Log:
    """What one run may read. `ends` are the offsets behind the last records that count."""

    facts: Facts
    consumer: AIOKafkaConsumer
    bootstrap: str
    ends: Mapping[TopicPartition, int]
    starts: Mapping[TopicPartition, int]

    @property
    def total(self) -> int:
        return sum(self.ends.values()) - sum(self.starts.values())

    async def batches(self) -> AsyncIterator[list[RawRecord]]:
        """One topic after another, so that only one topic's fetches are in memory."""
        for name in self.facts.extents:
            full = f"{self.facts.prefix}.{name}"
            left = {place: end for place, end in self.ends.items() if place.topic == full and end > self.starts[place]}
            async for batch in self._topic(name, left):
                yield batch

    async def _topic(self, name: str, left: _Ends) -> AsyncIterator[list[RawRecord]]:
        if not left:
            return
        self.consumer.assign(list(left))
        for place in left:
            self.consumer.seek(place, self.starts[place])
        silent = 0
        while left:
            fetched = await self.consumer.getmany(*left, timeout_ms=_POLL_MS, max_records=_AT_ONCE)
            silent = 0 if fetched else silent + 1
            if silent > _SILENT_POLLS:
                raise NotReachable("Kafka", self.bootstrap, f"nothing more comes of {name}")
            for place, records in fetched.items():
                yield [_raw(name, record) for record in records if record.offset < self.ends[place]]
            for place in list(left):
                if await self.consumer.position(place) >= self.ends[place]:
                    del left[place]


@asynccontextmanager
async def open_log(bootstrap: str, prefix: str, *, at_rest: bool) -> AsyncIterator[Log]:
    """Looks up which topics there are and where they begin and end."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        partitions = await _partitions(bootstrap, prefix)
        await consumer.start()
        places = [TopicPartition(f"{prefix}.{name}", one) for name, count in partitions.items() for one in range(count)]
        consumer.assign(places)
        starts, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        extents = {name: _extent(f"{prefix}.{name}", starts) for name in partitions}
        now = datetime.fromtimestamp(time.time(), UTC)
        yield Log(Facts(prefix, now, extents, at_rest), consumer, bootstrap, ends, starts)
    except KafkaError as error:
        raise kafka_gone(bootstrap, error) from error
    finally:
        await consumer.stop()


async def _partitions(bootstrap: str, prefix: str) -> dict[str, int]:
    """In the catalogue's order; topics that don't exist are left out."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        names = [
            name for topic in CATALOGUE for name in (topic.name, *aside_topics(topic)) if f"{prefix}.{name}" in there
        ]
        if not names:
            raise Misuse(f"there is no topic of Bellhop with the prefix {prefix!r} at {bootstrap}")
        described = await admin.describe_topics([f"{prefix}.{name}" for name in names])
    finally:
        await admin.close()
    counts = {one["topic"]: len(one["partitions"]) for one in described}
    return {name: counts[f"{prefix}.{name}"] for name in names}


def _extent(full: str, starts: Mapping[TopicPartition, int]) -> Extent:
    own = {place.partition: start for place, start in starts.items() if place.topic == full}
    return Extent(len(own), own)


def _raw(name: str, record: "ConsumerRecord[bytes | None, bytes | None]") -> RawRecord:
    moment = _START if record.timestamp < 0 else datetime.fromtimestamp(record.timestamp / 1000, UTC)
    headers = tuple(record.headers)
    return RawRecord(name, record.partition, record.offset, moment, record.key, headers, record.value)
