"""What did people decide about dead letters? Kept with the service, which also holds what waits behind them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bellhop_common.kernel import gaps, parking
from bellhop_common.kernel.delivery import RawRecord
from bellhop_common.messaging.dead_letter_topics import Letter, LetterId
from bellhop_common.postgres.database import Connection, Database, PostgresSettings
from bellhop_common.reaching import reaching_postgres
from bellhop_common.settings import load_settings


@asynccontextmanager
async def book_of(service: str) -> AsyncIterator[Connection]:
    settings = load_settings(service)
    dsn = settings.postgres_dsn.get_secret_value()
    database = Database(PostgresSettings(dsn, settings.schema_name, 1))
    with reaching_postgres(dsn):
        connection = await database.connect()
    try:
        yield connection
    finally:
        await connection.close()


async def settled(connection: Connection) -> dict[LetterId, str]:
    rows = await connection.fetch("SELECT topic, partition, record_offset, how FROM settled")
    return {LetterId(row["topic"], row["partition"], row["record_offset"]): row["how"] for row in rows}


async def settle(connection: Connection, letters: Sequence[Letter], how: str) -> None:
    """Discarding frees at once what the letters hold, and closes the gaps that they left in their keys' sequences.

    What is replayed holds on until it was handled.
    """
    async with connection.transaction():
        await connection.execute(
            """INSERT INTO settled (topic, partition, record_offset, how)
               SELECT r.topic, r.partition, r.record_offset, $4
               FROM unnest($1::text[], $2::int[], $3::bigint[]) AS r(topic, partition, record_offset)
               ON CONFLICT (topic, partition, record_offset)
               DO UPDATE SET how = excluded.how, settled_at = clock_timestamp()""",
            [letter.id.topic for letter in letters],
            [letter.id.partition for letter in letters],
            [letter.id.offset for letter in letters],
            how,
        )
        if how == "discarded":
            await gaps.give_up(connection, [raw_letter(letter) for letter in letters])
            await parking.release(connection, [letter.origin for letter in letters])


def raw_letter(letter: Letter) -> RawRecord:
    """The record as it was first read, with what its dead letter adds."""
    origin, record = letter.origin, letter.record
    headers = tuple((str(name), value) for name, value in record.headers)
    return RawRecord(origin.topic, origin.partition, origin.offset, record.key, record.value, headers, letter.at)
