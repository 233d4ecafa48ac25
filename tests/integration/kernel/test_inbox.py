"""Is everything handled once, however often and from wherever it comes?"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bellhop_common.kernel import progress
from bellhop_common.kernel.progress import Progress
from bellhop_common.messaging import inbox, inbox_days
from bellhop_common.messaging.sequences import Verdict
from bellhop_common.postgres.database import Connection, Database, clock

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


@dataclass(frozen=True)
class Stands:
    key: str
    sequence: int
    epoch: int = 1
    log_start: int = 0
    topic: str = "t.work.v1"
    replayed: bool = False


async def fresh(database: Database, *ids: UUID) -> set[UUID]:
    async with database.transaction() as conn:
        return await inbox.fresh(conn, ids)


async def admit(database: Database, *records: Stands) -> list[Verdict]:
    async with database.transaction() as conn:
        return await inbox.admit(conn, records)


async def test_an_id_is_fresh_once(database: Database) -> None:
    assert await fresh(database, TWO, ONE, TWO) == {ONE, TWO}
    assert await fresh(database, TWO, THREE) == {THREE}


async def test_an_id_handled_on_another_day_is_not_fresh(database: Database, conn: Connection) -> None:
    await conn.execute("INSERT INTO inbox (day, id) VALUES (current_date - 3, $1)", ONE)
    assert await fresh(database, ONE) == set()


async def test_an_id_in_another_transactions_hand_is_waited_for(database: Database) -> None:
    async with database.transaction() as conn:
        await inbox.fresh(conn, [ONE])
        second = asyncio.create_task(fresh(database, ONE))
        await asyncio.sleep(0.2)
        assert not second.done()
    assert await second == set()


async def test_what_was_rolled_back_is_fresh_again(database: Database) -> None:
    async with database.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await inbox.fresh(conn, [ONE])
        await transaction.rollback()
    assert await fresh(database, ONE) == {ONE}


async def test_days_are_made_ahead_and_dropped_after_nine(database: Database, conn: Connection) -> None:
    today = (await clock(conn)).date()
    await conn.execute("INSERT INTO inbox (day, id) VALUES ($1, $2)", today, ONE)
    old = f"inbox_{today - timedelta(days=10):%Y%m%d}"
    await conn.execute(f"CREATE TABLE {old} PARTITION OF inbox FOR VALUES FROM ('2026-01-01') TO ('2026-01-02')")
    expected = [f"inbox_{today + timedelta(days=ahead):%Y%m%d}" for ahead in (0, 1, 2)]
    assert await inbox_days.maintain(conn) == [*expected, old]
    assert await inbox_days.maintain(conn) == []
    assert await conn.fetchval("SELECT count(*) FROM inbox_default") == 0
    assert await fresh(database, ONE, TWO) == {TWO}


async def test_days_are_made_while_a_handler_has_its_hand_in_the_book(database: Database, conn: Connection) -> None:
    async with database.transaction() as handler:
        await handler.execute("SELECT FROM inbox")
        tidying = asyncio.create_task(inbox_days.maintain(conn))
        await asyncio.sleep(0.2)
        assert not tidying.done()
        assert await inbox.fresh(handler, [ONE]) == {ONE}
    assert len(await tidying) == 3
    assert await fresh(database, ONE, TWO) == {TWO}


async def test_offsets_only_go_forward_and_are_per_group(conn: Connection) -> None:
    await progress.write(conn, "sla", Progress({("t.work.v1", 3): 10, ("t.contact.v1", 0): 4}))
    await progress.write(conn, "sla", Progress({("t.work.v1", 3): 9, ("t.contact.v1", 0): 5}))
    assert await inbox.stored(conn, "sla") == {
        ("t.work.v1", 3): inbox.Stored(10),
        ("t.contact.v1", 0): inbox.Stored(5),
    }
    assert await inbox.stored(conn, "router") == {}


async def test_repeats_are_dropped_and_gaps_kept_back_within_one_batch(database: Database) -> None:
    records = [Stands("a", 1), Stands("b", 1), Stands("a", 2), Stands("a", 2), Stands("a", 4), Stands("b", 1)]
    verdicts = await admit(database, *records)
    assert [verdict.value for verdict in verdicts] == ["apply", "apply", "apply", "repeat", "gap", "repeat"]


async def test_marks_outlive_the_transaction(database: Database) -> None:
    await admit(database, Stands("a", 1), Stands("a", 2))
    verdicts = await admit(database, Stands("a", 1), Stands("a", 3), Stands("a", 5), Stands("a", 4), Stands("a", 5))
    assert [verdict.value for verdict in verdicts] == ["repeat", "apply", "gap", "apply", "apply"]


async def test_a_mark_never_goes_back_behind_another_reader(database: Database) -> None:
    """A replica that wakes late may count the same records, if they concern nothing that it would have to lock."""
    async with database.transaction() as ahead:
        await inbox.admit(ahead, [Stands("a", 1), Stands("a", 2), Stands("a", 3)])
        late = asyncio.create_task(admit(database, Stands("a", 1), Stands("a", 2)))
        await asyncio.sleep(0.2)
        assert not late.done()
    await late
    verdicts = await admit(database, Stands("a", 3), Stands("a", 4))
    assert [verdict.value for verdict in verdicts] == ["repeat", "apply"]
