"""Does a restored database begin a new epoch, and only while nobody runs on it?"""

from datetime import UTC, datetime

import orjson
import pytest

from bellhop_common.postgres.database import Connection, Database
from bellhop_common.postgres.outbox import Outbox, Outgoing
from bellhop_common.postgres.recovery import ServicesRun, raise_epoch

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def append(database: Database) -> None:
    outbox = Outbox("router", {"t.work.v1": 12})
    async with database.acquire() as conn:
        await outbox.load(conn)
    async with database.transaction() as conn:
        event = Outgoing("t.work.v1", "a", "work.noted", {}, sequenced=True)
        await outbox.append(conn, [event], desk_seq=0, at=AT)


async def test_sequences_start_anew_in_a_higher_epoch(database: Database, conn: Connection) -> None:
    await append(database)
    await append(database)
    await database.close()
    assert await raise_epoch(conn) == 2
    assert await raise_epoch(conn, at_least=9) == 9
    await database.open()
    await append(database)
    bodies = [orjson.loads(row["value"]) for row in await conn.fetch("SELECT value FROM outbox ORDER BY id")]
    assert [(body["epoch"], body["sequence"]) for body in bodies] == [(1, 1), (1, 2), (9, 1)]


async def test_it_refuses_while_a_service_runs(database: Database, conn: Connection) -> None:
    await append(database)
    with pytest.raises(ServicesRun):
        await raise_epoch(conn)
