"""Does each timer fire once, on time, and never ahead of what could have stopped it?"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bellhop_common.decision import CancelTimer, SetTimer, Subject, TimerDue
from bellhop_common.postgres import aggregates
from bellhop_common.postgres.database import Connection, Database, clock
from bellhop_common.postgres.errors import Outage
from bellhop_common.timers import marks, stalls, store
from bellhop_common.timers.schedule import TimerRow
from bellhop_common.timers.stalls import Stall
from bellhop_common.timers.worker import TimerSources, TimerWorker
from support.waiting import until

ONE = Subject("conversation", "one")
TWO = Subject("conversation", "two")
INPUT = ("t.contact.v1", 0)
NO_INPUTS = TimerSources(lambda _kind, _subject: ())
ONE_INPUT = TimerSources(lambda _kind, _subject: (INPUT,))
MILLISECOND = timedelta(milliseconds=1)


@dataclass
class Firing:
    """What a service does with due timers: lock, take, decide."""

    database: Database
    fired: list[TimerDue] = field(default_factory=list)
    desks: list[str] = field(default_factory=list)
    outages: int = 0
    out_of_reach: str = ""

    async def __call__(self, desk: str, timers: Sequence[TimerRow]) -> None:
        if self.outages or desk == self.out_of_reach:
            self.outages = max(self.outages - 1, 0)
            raise Outage(ConnectionResetError())
        async with self.database.transaction() as conn:
            await aggregates.lock(conn, {timer.subject for timer in timers}, desk)
            taken = await store.take(conn, timers)
            await aggregates.save(conn, [])
        self.fired += [timer.due() for timer in taken]
        self.desks += [desk] * len(taken)


@asynccontextmanager
async def running(worker: TimerWorker) -> AsyncIterator[TimerWorker]:
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def set_in(conn: Connection, after: timedelta, *subjects: Subject, desk: str = "shop") -> None:
    due_at = await clock(conn) + after
    await store.write(conn, desk, [SetTimer("late", subject, due_at) for subject in subjects])


async def rows(conn: Connection) -> int:
    return int(await conn.fetchval("SELECT count(*) FROM timers"))


async def test_a_timer_fires_when_due_and_not_before(database: Database, conn: Connection) -> None:
    firing, late = Firing(database), list[timedelta]()
    async with running(TimerWorker(database, firing, NO_INPUTS)) as worker:
        for _ in range(3):
            await set_in(conn, 300 * MILLISECOND, ONE)
            worker.notify(await clock(conn))
            await until(lambda: _all_gone(conn))
            late.append(await clock(conn) - firing.fired[-1].due_at)
    assert [timer.subject for timer in firing.fired] == [ONE] * 3
    assert timedelta() <= min(late) < 700 * MILLISECOND  # sooner than a sweep


async def test_what_comes_due_during_a_look_waits_for_no_sweep(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = store.due

    async def look_slowly(conn: Connection, by: datetime, after: TimerRow | None, limit: int) -> list[TimerRow]:
        found = await look(conn, by, after, limit)
        await asyncio.sleep(0.3)
        return found

    monkeypatch.setattr(store, "due", look_slowly)
    await set_in(conn, 200 * MILLISECOND, ONE)
    last = await clock(conn) + 200 * MILLISECOND
    async with running(TimerWorker(database, Firing(database), NO_INPUTS)):
        await until(lambda: _all_gone(conn))
    assert await clock(conn) - last < 1000 * MILLISECOND


async def test_two_workers_fire_each_timer_once(database: Database, conn: Connection) -> None:
    firing = Firing(database)
    async with (
        running(TimerWorker(database, firing, NO_INPUTS)),
        running(TimerWorker(database, firing, NO_INPUTS)),
    ):
        await set_in(conn, 50 * MILLISECOND, *(Subject("conversation", f"{n}") for n in range(1_300)))
        await until(lambda: _all_gone(conn))
        await asyncio.sleep(0.2)
    assert len(firing.fired) == len({timer.subject for timer in firing.fired}) == 1_300


async def test_a_timer_set_again_or_cancelled_meanwhile_is_not_taken(database: Database, conn: Connection) -> None:
    await set_in(conn, -MILLISECOND, ONE, TWO)
    due = await store.due(conn, await clock(conn), None, 10)
    await set_in(conn, -MILLISECOND, ONE)
    await store.write(conn, "shop", [CancelTimer("late", TWO)])
    async with database.transaction() as transaction:
        assert await store.take(transaction, due) == []
    assert await rows(conn) == 1


async def test_whoever_waited_long_for_the_locks_takes_nothing_until_it_was_looked_at_anew(
    database: Database, conn: Connection
) -> None:
    await set_in(conn, -MILLISECOND, ONE)
    now = await clock(conn)
    (row,) = await store.due(conn, await clock(conn), None, 10)
    async with database.transaction() as transaction:
        assert await store.take(transaction, [replace(row, judged_at=now - timedelta(seconds=2.1))]) == []
        assert await rows(conn) == 1
        (taken,) = await store.take(transaction, [replace(row, judged_at=now)])
    assert taken.subject == ONE
    assert await rows(conn) == 0


async def test_the_last_word_about_a_timer_counts(database: Database, conn: Connection) -> None:
    due_at = await clock(conn)
    async with database.transaction() as transaction:
        nearest = await store.write(transaction, "shop", [SetTimer("late", ONE, due_at), CancelTimer("late", ONE)])
    assert nearest is None
    assert await rows(conn) == 0


async def test_timers_come_in_groups_of_one_desk(database: Database, conn: Connection) -> None:
    await set_in(conn, -MILLISECOND, ONE, desk="shop")
    await set_in(conn, -MILLISECOND, TWO, desk="travel")
    firing = Firing(database)
    async with running(TimerWorker(database, firing, NO_INPUTS)):
        await until(lambda: _all_gone(conn))
    assert sorted(firing.desks) == ["shop", "travel"]


async def test_an_overdue_timer_waits_until_its_input_was_read(database: Database, conn: Connection) -> None:
    firing = Firing(database)
    await set_in(conn, timedelta(seconds=-30), ONE)
    async with running(TimerWorker(database, firing, ONE_INPUT)):
        await asyncio.sleep(0.4)
        assert firing.fired == []
        seen_at = await clock(conn)
        await marks.write(conn, {INPUT: seen_at}, {})
        await until(lambda: _all_gone(conn))
    assert firing.fired[0].ready_at == seen_at
    assert firing.fired[0].due_at < seen_at - timedelta(seconds=29)
    assert firing.fired[0].known_until == seen_at


async def test_a_timer_is_told_up_to_where_its_input_was_read(database: Database, conn: Connection) -> None:
    firing = Firing(database)
    await set_in(conn, timedelta(seconds=-30), ONE)
    read_until = await clock(conn) - timedelta(seconds=20)
    await marks.write(conn, {}, {INPUT: read_until})
    async with running(TimerWorker(database, firing, ONE_INPUT)):
        await until(lambda: _all_gone(conn))
    assert firing.fired[0].known_until == read_until
    assert firing.fired[0].ready_at > read_until + timedelta(seconds=19)


async def test_records_beyond_the_due_time_are_proof_enough(database: Database, conn: Connection) -> None:
    firing = Firing(database)
    await set_in(conn, timedelta(seconds=-30), ONE)
    async with running(TimerWorker(database, firing, ONE_INPUT)):
        await marks.write(conn, {}, {INPUT: await clock(conn) - timedelta(seconds=31)})
        await asyncio.sleep(0.4)
        assert firing.fired == []
        await marks.write(conn, {}, {INPUT: await clock(conn) - timedelta(seconds=29)})
        await until(lambda: _all_gone(conn))


async def test_timers_that_wait_keep_no_others_back(database: Database, conn: Connection) -> None:
    firing = Firing(database)
    sources = TimerSources(lambda _kind, subject: () if subject == ONE else (INPUT,))
    await set_in(conn, timedelta(seconds=-30), *(Subject("conversation", f"{n}") for n in range(1_200)))
    await set_in(conn, timedelta(seconds=-1), ONE)
    async with running(TimerWorker(database, firing, sources)):
        await until(lambda: _fired(firing))
    assert [timer.subject for timer in firing.fired] == [ONE]


async def test_an_outage_is_waited_out(database: Database, conn: Connection) -> None:
    firing = Firing(database, outages=2)
    await set_in(conn, -MILLISECOND, ONE)
    async with running(TimerWorker(database, firing, NO_INPUTS)) as worker:
        await until(lambda: _all_gone(conn))
        assert worker.alive


async def test_an_outage_of_one_desk_keeps_no_other_waiting(database: Database, conn: Connection) -> None:
    firing = Firing(database, out_of_reach="shop")
    await set_in(conn, -2 * MILLISECOND, ONE, desk="shop")
    await set_in(conn, -MILLISECOND, TWO, desk="travel")
    async with running(TimerWorker(database, firing, NO_INPUTS)):
        await until(lambda: _fired(firing))
        assert firing.desks == ["travel"]
        firing.out_of_reach = ""
        await until(lambda: _all_gone(conn))


async def test_a_timer_waits_for_parked_news_of_its_subject_and_is_not_late_for_it(
    database: Database, conn: Connection
) -> None:
    await conn.execute(
        "INSERT INTO parked (subject_kind, subject_id, topic, partition, record_offset, headers, appended_at, reason)"
        " VALUES ('conversation', 'one', 't.contact.v1', 0, 1, '[]', now(), 'gap')"
    )
    await set_in(conn, timedelta(seconds=-30), ONE, TWO)
    firing = Firing(database)
    async with running(TimerWorker(database, firing, NO_INPUTS)):
        await until(lambda: _fired(firing))
        await asyncio.sleep(0.4)
        assert [timer.subject for timer in firing.fired] == [TWO]
        gone_at = await clock(conn)
        await conn.execute("DELETE FROM parked")
        await until(lambda: _all_gone(conn))
    assert firing.fired[1].ready_at > gone_at


async def test_a_held_subjects_timers_stay(database: Database, conn: Connection) -> None:
    await conn.execute("INSERT INTO held VALUES ('conversation', 'one', 't.work.v1', 0, 1)")
    await set_in(conn, -MILLISECOND, ONE, TWO)
    firing = Firing(database)
    async with running(TimerWorker(database, firing, NO_INPUTS)):
        await until(lambda: _fired(firing))
        await asyncio.sleep(0.2)
    assert [timer.subject for timer in firing.fired] == [TWO]


async def test_a_stall_during_its_life_is_told(database: Database, conn: Connection) -> None:
    now = await clock(conn)
    await stalls.note(conn, [Stall(INPUT, now - timedelta(seconds=20), now - timedelta(seconds=10))])
    await set_in(conn, -MILLISECOND, ONE, TWO)
    await conn.execute("UPDATE timers SET set_at = set_at - interval '15 seconds' WHERE subject_id = 'one'")
    firing = Firing(database)
    sources = TimerSources(inputs=lambda _kind, _subject: (), stalls=lambda _kind, _subject: (INPUT,))
    async with running(TimerWorker(database, firing, sources)):
        await until(lambda: _all_gone(conn))
    assert {timer.subject: timer.stalled for timer in firing.fired} == {ONE: True, TWO: False}


async def test_what_lies_unpublished_for_more_than_a_second_is_a_stall(conn: Connection) -> None:
    shard = await conn.fetchval("INSERT INTO shards (topic, partition) VALUES ($1, $2) RETURNING shard", *INPUT)
    await conn.execute(
        "INSERT INTO outbox (shard, topic, partition, headers, created_at)"
        " VALUES ($1, $2, $3, '[]', clock_timestamp() - interval '2 seconds')",
        shard,
        *INPUT,
    )
    found = await stalls.since(conn, await clock(conn) - timedelta(seconds=1))
    assert list(found) == [INPUT]


async def test_a_run_of_sightings_begins_anew_after_a_second_without(conn: Connection) -> None:
    start = await clock(conn)
    for after in (0.0, 0.9, 1.8, 3.0, 3.5):
        await marks.write(conn, {INPUT: start + timedelta(seconds=after)}, {})
    mark = (await marks.read(conn))[INPUT]
    assert (mark.end_since, mark.end_seen_at) == (start + timedelta(seconds=3), start + timedelta(seconds=3.5))


async def _all_gone(conn: Connection) -> bool:
    return await rows(conn) == 0


async def _fired(firing: Firing) -> bool:
    return bool(firing.fired)
