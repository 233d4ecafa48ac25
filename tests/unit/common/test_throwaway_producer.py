"""Which packets count as sent when not every broker answers?"""

import asyncio

import pytest

from bellhop_common.messaging import throwaway_producer
from bellhop_common.messaging.throwaway_producer import Packet, ThrowawayProducer, pack
from bellhop_common.postgres.outbox_rows import RawRow

ANSWERS, SILENT, REFUSES = 0, 1, 2


class Batch:
    def append(self, **_: object) -> bool:
        return True


class Cluster:
    """All partitions have a leader, and stay with it."""

    def leader_for_partition(self, _: object) -> int:
        return 1


class FakeProducer:
    """Partition 0 acknowledges, partition 1 never says anything, partition 2 refuses."""

    def __init__(self, **_: object) -> None:
        self.client, self.cluster = self, Cluster()
        self.create_batch = Batch

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

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
    assert [packet.shard for packet in sent] == [ANSWERS]
