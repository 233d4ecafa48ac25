"""How does a test make topics, and read what is on them?"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import ConsumerRecord

from bellhop_common.messaging import topic_admin
from support.waiting import until

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
LOG_APPEND_TIME = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": "2097152"}


async def create_topics(bootstrap: str, partitions: Mapping[str, int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics(
            [NewTopic(name, count, 1, topic_configs=LOG_APPEND_TIME) for name, count in partitions.items()]
        )
    finally:
        await admin.close()


async def delete_topics(bootstrap: str, prefix: str) -> None:
    """All whose names begin so; they are gone soon after."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        names = [name for name in await admin.list_topics() if name.startswith(f"{prefix}.")]
    finally:
        await admin.close()
    await delete_named(bootstrap, names)


async def delete_named(bootstrap: str, names: Sequence[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        if names:
            await admin.delete_topics(list(names))
    finally:
        await admin.close()


async def make_until_there(bootstrap: str, wanted: Sequence[topic_admin.Wanted]) -> None:
    """A broker may still be busy with the deletion of one of these."""

    async def made() -> bool:
        await topic_admin.apply(bootstrap, wanted)
        return not await topic_admin.differences(bootstrap, wanted)

    await until(made, within=30)


def firsts(records: Iterable[Record]) -> list[Record]:
    """Without repeats: byte for byte the same with the same headers, as an unanswered send leaves them."""
    return list({identity(record): record for record in reversed(list(records))}.values())[::-1]


def identity(record: Record) -> tuple[object, ...]:
    return (record.topic, record.partition, record.key, tuple(record.headers), record.value)


async def read_topic(bootstrap: str, topic: str) -> list[Record]:
    """Everything that is there now, in the order of each partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        await consumer._client.set_topics([topic])  # noqa: SLF001 - nothing public asks for one topic
        places = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        records: list[Record] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            batches = await asyncio.wait_for(consumer.getmany(timeout_ms=200), 10)
            records.extend(record for batch in batches.values() for record in batch)
    finally:
        await consumer.stop()
    return records
