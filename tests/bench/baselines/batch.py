"""What would a good engineer write by hand? One loop: read a batch, one transaction, one record batch per partition.

It does everything that makes batches fast and nothing that the router does beyond: it must be the only process, it
serves one desk, and what it left in the outbox when it was killed somebody else must find.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from bellhop_common.postgres.database import Connection
from bench.baselines import writing
from bench.baselines.deciding import decide, read
from bench.baselines.outbound import events
from bench.baselines.place import Place, here
from bench.baselines.publishing import Offsets, Publishing, Round, partition_of
from bench.baselines.roster import Roster
from bench.baselines.writing import Progress

Records: TypeAlias = "Sequence[ConsumerRecord[bytes, bytes]]"

BATCH: Final = 500
POLL_MS: Final = 500
MAX_BATCH_BYTES: Final = 1_000_000
MAX_REQUEST_BYTES: Final = 8 * 2**20


async def handle(connection: Connection, roster: Roster, place: Place, records: Records) -> Round:
    """What is to be published of it."""
    topic = place.topic("contact.v1")
    arrivals = {arrival.key: arrival for arrival in map(read, records)}
    desk = next(iter(arrivals.values())).contact.desk
    marks = {key: (one.contact.epoch, one.contact.sequence) for key, one in arrivals.items()}
    async with connection.transaction():
        moment = await writing.begin(connection, desk)
        fresh = await writing.fresh(connection, topic, marks)
        offers = decide(roster, (one for key, one in arrivals.items() if key in fresh), moment.at)
        await writing.save(connection, place.prefix, offers, moment)
        rows = [row for at, one in enumerate(offers) for row in events(place.prefix, one, moment, 3 * at + 1)]
        partitions = [partition_of(row.key) for row in rows]
        ids = await writing.keep(connection, rows, partitions)
        await writing.advance(connection, progress_of(place, topic, records))
    return Round(rows, partitions, ids)


def progress_of(place: Place, topic: str, records: Records) -> Progress:
    offsets = {record.partition: record.offset + 1 for record in records}
    applied = {record.partition: datetime.fromtimestamp(record.timestamp / 1000, UTC) for record in records}
    return Progress(f"{place.prefix}.batch", topic, offsets, applied)


async def consume(place: Place, consumer: AIOKafkaConsumer, publishing: Publishing, offsets: Offsets) -> None:
    connection, topic = await place.connect(), place.topic("contact.v1")
    roster = await Roster.load(connection)
    while True:
        polled = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
        records = [record for batch in polled.values() for record in batch]
        if records:
            await publishing.add(await handle(connection, roster, place, records))
            offsets.handled(topic, progress_of(place, topic, records).next_offsets)


async def main() -> None:
    place = here()
    consumer = AIOKafkaConsumer(
        place.topic("contact.v1"),
        bootstrap_servers=place.bootstrap,
        group_id=f"{place.prefix}.batch",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=place.bootstrap,
        acks="all",
        linger_ms=0,
        max_batch_size=MAX_BATCH_BYTES,
        max_request_size=MAX_REQUEST_BYTES,
    )
    await consumer.start()
    await producer.start()
    publishing = Publishing(producer, await place.connect(synchronous_commit="off"))
    offsets = Offsets(consumer)
    await asyncio.gather(consume(place, consumer, publishing, offsets), publishing.run(), offsets.run())


if __name__ == "__main__":
    uvloop.run(main())
