"""A process that decides, commits and publishes as a service does, and comes to grief as it is told.

Arguments: DSN, Kafka, topic, seconds, fault (`none`, `kill`: dies between sending and deleting, `freeze`:
stops between reading its rows and sending them).
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bellhop_common.decision import Subject
from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.messaging.throwaway_producer import Packet, Sent, ThrowawayProducer
from bellhop_common.postgres import aggregates
from bellhop_common.postgres.database import Database, PostgresSettings
from bellhop_common.postgres.errors import TROUBLE
from bellhop_common.postgres.outbox import Outbox, Outgoing
from support.databases import KERNEL_SCHEMA

KEYS = [f"conversation-{number:02d}" for number in range(40)]
PARTITIONS = 4
AT = datetime(2026, 3, 2, tzinfo=UTC)
FAULT_AFTER = 20


class Faulty(ThrowawayProducer):
    """After some rounds the fault, once, in the middle of a round that has rows."""

    def __init__(self, bootstrap: str, fault: str) -> None:
        super().__init__(bootstrap)
        self._fault = fault
        self._rounds = 0

    async def send(self, packets: Sequence[Packet]) -> Sent:
        self._rounds += bool(packets)
        if self._rounds == FAULT_AFTER and packets and self._fault == "kill":
            await super().send(packets[: (len(packets) + 1) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        if self._rounds == FAULT_AFTER and packets and self._fault == "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
        return await super().send(packets)


async def decide_and_commit(database: Database, outbox: Outbox, topic: str) -> dict[int, int]:
    keys = random.sample(KEYS, 10)
    async with database.transaction() as conn:
        await aggregates.lock(conn, [Subject("conversation", key) for key in keys], "shop")
        events = [
            Outgoing(topic, key, "work.noted", {"by": os.getpid(), "text": "x" * 300}, sequenced=True) for key in keys
        ]
        shards = await outbox.append(conn, events, desk_seq=0, at=AT)
        await aggregates.save(conn, [])
    return shards


async def handle(database: Database, publisher: CombiningPublisher, topic: str, seconds: float) -> None:
    outbox = Outbox("router", {topic: PARTITIONS})
    async with database.acquire() as conn:
        await outbox.load(conn)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        try:
            publisher.committed(await decide_and_commit(database, outbox, topic))
        except TROUBLE as error:
            print(f"tried again after {type(error).__name__}", file=sys.stderr)  # noqa: T201 - for whoever reads a failure
        await asyncio.sleep(random.uniform(0, 0.02))


async def main(dsn: str, bootstrap: str, topic: str, seconds: float, fault: str) -> None:
    database = Database(PostgresSettings(dsn, KERNEL_SCHEMA))
    await database.open()
    publisher = CombiningPublisher(database, bootstrap, Faulty(bootstrap, fault))
    await publisher.start()
    await asyncio.gather(*(handle(database, publisher, topic, seconds) for _ in range(2)))
    await publisher.stop()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5]))
