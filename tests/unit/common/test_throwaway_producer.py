"""Which packets count as sent when not every broker answers?"""

import asyncio

import pytest
from aiokafka import TopicPartition

from bellhop_common.messaging import throwaway_producer
from bellhop_common.messaging.throwaway_producer import Packet, ThrowawayProducer, pack
from bellhop_common.postgres.outbox_rows import RawRow

ANSWERS, SILENT, REFUSES, LEADERLESS = 0, 1, 2, 3


class Batch:
    def append(self, **_: object) -> bool:
        return True


class Cluster:
    """Partition 3 has no leader; all others have one, and stay with it."""

    def leader_for_partition(self, place: TopicPartition) -> int:
        return -1 if place.partition == LEADERLESS else 1


class FakeProducer:
    """Partition 0 acknowledges, partition 1 never says anything, partition 2 refuses."""

    def __init__(self, **_: object) -> None:
        self.client, self.cluster = self, Cluster()
        self.asked_for_leaders = 0
        self.create_batch = Batch

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def force_metadata_update(self) -> None:
        self.asked_for_leaders += 1

    async def set_topics(self, _: object) -> None: ...

    async def send_batch(self, _batch: Batch, _topic: str, partition: int) -> "asyncio.Future[object]":
        future = asyncio.get_running_loop().create_future()
        if partition == ANSWERS:
            future.set_result(None)
        if partition == REFUSES:
            future.set_exception(RuntimeError("planted"))
        return future


def packets(*partitions: int) -> list[Packet]:
    rows = [(shard, shard, RawRow("t", shard, b"k", (), b"v")) for shard in partitions]
    return pack(rows)


@pytest.mark.parametrize("bad", [SILENT, REFUSES])
async def test_what_one_broker_acknowledged_counts_whatever_another_does(
    monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    monkeypatch.setattr(throwaway_producer, "AIOKafkaProducer", FakeProducer)
    monkeypatch.setattr(throwaway_producer, "SEND_TIMEOUT", 0.05)
    producer = ThrowawayProducer("")
    await producer.start()
    sent = await producer.send(packets(ANSWERS, bad))
    await producer.stop()
    assert [packet.shard for packet in sent.acknowledged] == [ANSWERS]
    assert list(sent.leaderless) == []


async def test_what_nobody_leads_is_not_sent_and_delays_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[FakeProducer] = []

    class Noted(FakeProducer):
        def __init__(self, **named: object) -> None:
            super().__init__(**named)
            made.append(self)

    monkeypatch.setattr(throwaway_producer, "AIOKafkaProducer", Noted)
    producer = ThrowawayProducer("")
    await producer.start()
    sent = await producer.send(packets(LEADERLESS, ANSWERS))
    await producer.stop()
    assert [packet.shard for packet in sent.acknowledged] == [ANSWERS]
    assert [packet.shard for packet in sent.leaderless] == [LEADERLESS]
    assert [one.asked_for_leaders for one in made] == [1]
