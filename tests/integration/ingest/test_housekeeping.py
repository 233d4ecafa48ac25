"""Is what nobody will ask for any more forgotten, with a word about news that waited in vain?"""

from datetime import timedelta

import asyncpg
from structlog.testing import capture_logs

from bellhop_common.decision import Subject
from bellhop_common.observability.logging import logger
from bellhop_common.postgres import aggregates
from bellhop_common.postgres.aggregates import Row
from bellhop_common.postgres.database import Database
from bellhop_ingest.adapters.housekeeping import forget

NEWS = {"kind": "abandoned", "what": "queue", "occurred_at": "2027-03-01T12:00:00Z"}


async def keep(database: Database, kind: str, name: str, age: timedelta, **body: object) -> None:
    async with database.transaction() as connection:
        await aggregates.save(connection, [Row(Subject(kind, name), "", 1, dict(body))])
        await connection.execute(
            "UPDATE aggregates SET changed_at = clock_timestamp() - $3::interval WHERE kind = $1 AND id = $2",
            kind,
            name,
            age,
        )


async def kept(conn: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    return [row["id"] for row in await conn.fetch("SELECT id FROM aggregates ORDER BY id")]


async def test_news_of_a_contact_that_never_came_goes_after_ten_minutes_and_is_named(
    database: Database, conn: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await keep(database, "early", "line/CA-1", timedelta(minutes=11), events=[NEWS, NEWS])
    await keep(database, "early", "line/CA-2", timedelta(minutes=11), events=[])
    await keep(database, "early", "line/CA-3", timedelta(minutes=9), events=[NEWS])
    with capture_logs() as lines:
        await forget(database, logger("ingest"))
    assert await kept(conn) == ["line/CA-3"]
    assert [(line["contact"], line["news"]) for line in lines] == [("line/CA-1", 2)]


async def test_arrivals_are_remembered_for_longer_than_any_provider_repeats_itself(
    database: Database, conn: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await keep(database, "arrival", "help/old", timedelta(days=31), contact_id="1")
    await keep(database, "arrival", "help/new", timedelta(days=29), contact_id="1")
    await keep(database, "customer", "old", timedelta(days=400), customer_id="1")
    await forget(database, logger("ingest"))
    assert await kept(conn) == ["help/new", "old"]


async def test_what_is_in_use_is_left_for_the_next_time(
    database: Database, conn: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await keep(database, "early", "line/CA-1", timedelta(minutes=11), events=[NEWS])
    async with database.transaction() as other:
        await aggregates.lock(other, [Subject("early", "line/CA-1")], "")
        await forget(database, logger("ingest"))
    assert await kept(conn) == ["line/CA-1"]
