"""Do handlers and timers, which meet the same rows from two sides, ever deadlock?"""

import asyncio
import random
from datetime import timedelta

from bellhop_common.decision import CancelTimer, SetTimer, Subject
from bellhop_common.postgres import aggregates
from bellhop_common.postgres.database import Connection, Database, clock
from bellhop_common.timers import store

CUSTOMERS = [Subject("customer", f"{number:03d}") for number in range(60)]
CONVERSATIONS = [Subject("conversation", f"{number:03d}") for number in range(60)]
SECONDS = 3.0


async def handler(database: Database, chance: random.Random, end: float) -> None:
    """Touches twenty things in an order of its own, and sets and cancels their timers."""
    while asyncio.get_running_loop().time() < end:
        subjects = chance.sample(CUSTOMERS + CONVERSATIONS, 20)
        async with database.transaction() as conn:
            rows = await aggregates.lock(conn, subjects, "shop")
            now = await clock(conn)
            due = [now + timedelta(milliseconds=chance.randrange(100)) for _ in subjects]
            timers = [SetTimer("late", s, at) for s, at in zip(subjects, due, strict=True) if chance.random() < 0.8]
            await store.write(conn, "shop", [*timers, *(CancelTimer("late", s) for s in subjects[:3])])
            filled = [
                aggregates.Row(row.subject, "shop", 0, {"n": 1}) for row in rows.values() if chance.random() < 0.9
            ]
            await aggregates.save(conn, filled)


async def firing(database: Database, end: float) -> int:
    fired = 0
    while asyncio.get_running_loop().time() < end:
        async with database.acquire() as conn:
            due = await store.due(conn, await clock(conn), None, 50)
        async with database.transaction() as conn:
            await aggregates.lock(conn, {row.subject for row in reversed(due)}, "shop")
            taken = await store.take(conn, due)
            await aggregates.save(conn, [aggregates.Row(row.subject, "shop", 0, {"n": 2}) for row in taken])
        fired += len(taken)
        await asyncio.sleep(0.005)
    return fired


async def test_handlers_and_timers_in_opposite_order_never_deadlock(database: Database) -> None:
    end = asyncio.get_running_loop().time() + SECONDS
    handlers = [handler(database, random.Random(seed), end) for seed in range(4)]
    # A deadlock would surface here as DeadlockDetectedError.
    _, _, _, _, first, second = await asyncio.gather(*handlers, firing(database, end), firing(database, end))
    assert (first or 0) + (second or 0) > 50


async def test_a_row_that_vanishes_while_another_waits_for_it_is_made_anew_and_locked(
    database: Database, conn: Connection
) -> None:
    subject = Subject("conversation", "c")
    async with database.transaction() as first:
        await aggregates.lock(first, [subject], "shop")
        waiting = asyncio.create_task(_fill(database, subject))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await aggregates.save(first, [])
    await waiting
    [row] = await conn.fetch("SELECT version, body FROM aggregates")
    assert (row["version"], row["body"]) == (1, {"n": 1})


async def test_only_locked_subjects_leave_no_row(database: Database, conn: Connection) -> None:
    async with database.transaction() as transaction:
        await aggregates.lock(transaction, [Subject("conversation", "a"), Subject("customer", "b")], "shop")
        await aggregates.save(transaction, [aggregates.Row(Subject("customer", "b"), "shop", 0, {"n": 1})])
    assert [row["id"] for row in await conn.fetch("SELECT id FROM aggregates")] == ["b"]


async def test_a_frozen_transaction_is_ended_and_frees_its_locks(database: Database) -> None:
    subject = Subject("conversation", "c")
    frozen = await database.connect(idle_in_transaction_session_timeout="300ms")
    try:
        await frozen.execute("BEGIN")
        await aggregates.lock(frozen, [subject], "shop")
        await _fill(database, subject)
        assert frozen.is_closed()
    finally:
        frozen.terminate()


async def test_every_connection_gives_up_before_it_can_freeze_others(database: Database) -> None:
    names = ("idle_in_transaction_session_timeout", "transaction_timeout", "lock_timeout")
    own = await database.connect()
    async with database.acquire() as pooled:
        for connection in (pooled, own):
            assert [await _setting(connection, name) for name in names] == ["5s", "30s", "5s"]
    await own.close()


async def _setting(connection: Connection, name: str) -> str:
    return str(await connection.fetchval("SELECT current_setting($1)", name))


async def _fill(database: Database, subject: Subject) -> None:
    async with database.transaction() as conn:
        await aggregates.lock(conn, [subject], "shop")
        await aggregates.save(conn, [aggregates.Row(subject, "shop", 0, {"n": 1})])
