"""What does FastStream's own documentation lead to? A handler per message: validate, store, publish, acknowledge.

At least once: a message is acknowledged when its handler is done. It stores the same rows as the router, but
publishes directly, as a FastStream handler does.
"""

import asyncio
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import asyncpg
import uvloop
from aiokafka.structs import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from bench.baselines import writing
from bench.baselines.deciding import Arrival, decide
from bench.baselines.documents import Arrived
from bench.baselines.outbound import events
from bench.baselines.place import SESSION, Place, here
from bench.baselines.roster import Roster
from bench.baselines.writing import Progress

if TYPE_CHECKING:
    from asyncpg.pool import Pool


def subscribe(broker: KafkaBroker, pool: "Pool[asyncpg.Record]", roster: Roster, place: Place) -> None:
    topic, group = place.topic("contact.v1"), f"{place.prefix}.per-message"

    @broker.subscriber(topic, group_id=group, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def offer(contact: Arrived, message: KafkaMessage) -> None:
        record = message.raw_message
        assert isinstance(record, ConsumerRecord)
        arrival = Arrival(contact, str(message.headers["ce_id"]))
        async with pool.acquire() as connection, connection.transaction():
            moment = await writing.begin(connection, contact.desk)
            marks = {arrival.key: (contact.epoch, contact.sequence)}
            if not await writing.fresh(connection, topic, marks):
                return
            offers = decide(roster, [arrival], moment.at)
            await writing.save(connection, place.prefix, offers, moment)
            appended = datetime.fromtimestamp(record.timestamp / 1000, UTC)
            offsets, applied = {record.partition: record.offset + 1}, {record.partition: appended}
            await writing.advance(connection, Progress(group, topic, offsets, applied))
        for row in events(place.prefix, offers[0], moment, 1):
            headers = {name: value.decode() for name, value in row.headers}
            await broker.publish(row.value, row.topic, key=row.key, headers=headers)


async def main() -> None:
    place = here()
    broker = KafkaBroker(place.bootstrap, logger=None)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with asyncpg.create_pool(place.dsn, min_size=1, max_size=4, server_settings=SESSION) as pool:
        async with pool.acquire() as connection:
            roster = await Roster.load(connection)
        subscribe(broker, pool, roster, place)
        async with broker:
            await broker.start()
            await ended.wait()


if __name__ == "__main__":
    uvloop.run(main())
