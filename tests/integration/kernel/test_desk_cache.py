"""Does a desk's cache ever decide on an old state, whoever wrote last and however it failed?"""

import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import immutables
import pytest

from bellhop_common.decision import Subject
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.desk_cache import DeskCache, DeskShape, Document
from bellhop_common.kernel.maintenance import tidy
from bellhop_common.postgres import desk_rows
from bellhop_common.postgres.database import Connection, Database
from bellhop_common.postgres.desk_rows import OfAnotherDesk

Agents = immutables.Map[str, int]
Change = Callable[[Agents], Agents]


@dataclass(frozen=True, slots=True)
class Load:
    used: int


@dataclass(slots=True)
class Reads:
    """How many documents each assembly was given; None in front for one from nothing."""

    counts: list[tuple[bool, int]]

    def assemble(self, previous: Agents | None, changed: Sequence[Document]) -> Agents:
        self.counts.append((previous is None, len(changed)))
        state: Agents = immutables.Map() if previous is None else previous
        for document in changed:
            name = document.subject.id
            if isinstance(document.value, Load):
                state = state.set(name, document.value.used)
            elif name in state:
                state = state.delete(name)
        return state


def changes(before: Agents, after: Agents) -> Iterable[Document]:
    for name, used in after.items():
        if before.get(name) != used:
            yield Document(Subject("agent", name), Load(used))
    for name in before:
        if name not in after:
            yield Document(Subject("agent", name), None)


async def nothing() -> None:
    """The commit follows at once."""


class Replica:
    def __init__(self, database: Database) -> None:
        self.reads = Reads([])
        self.cache = DeskCache[Agents, object](DeskShape({"agent": Codec(Load)}, self.reads.assemble, changes))
        self._database = database

    async def does(
        self, change: Change, before_commit: Callable[[], Awaitable[object]] = nothing, desk: str = "shop"
    ) -> int:
        """Returns the version of the desk that the change made."""
        try:
            async with self._database.transaction() as conn:
                before = await self.cache.open(conn, desk, [])
                after = change(before)
                written = await self.cache.write(conn, desk, before, after)
                await before_commit()
        except Exception:
            self.cache.dropped(desk)
            raise
        self.cache.committed(desk, after, written)
        return written.desk_seq

    async def sees(self) -> dict[str, int]:
        async with self._database.transaction() as conn:
            return dict(await self.cache.open(conn, "shop", []))


async def fail() -> None:
    raise ConnectionResetError


async def test_two_replicas_in_turn_see_each_others_changes(database: Database) -> None:
    first, second = Replica(database), Replica(database)
    assert await first.does(lambda agents: agents.set("ana", 1)) == 1
    assert await second.does(lambda agents: agents.set("bo", agents["ana"] + 1)) == 2
    assert await first.does(lambda agents: agents.set("ana", agents["bo"] + 1)) == 3
    assert await second.sees() == {"ana": 3, "bo": 2}


async def test_a_cache_that_is_current_reads_nothing_and_an_old_one_only_what_changed(database: Database) -> None:
    first, second = Replica(database), Replica(database)
    await first.does(lambda agents: agents.update({f"agent-{number}": 1 for number in range(50)}))
    await first.does(lambda agents: agents.set("agent-1", 2))
    assert first.reads.counts == [(True, 0)]
    await second.sees()
    await second.does(lambda agents: agents.set("agent-2", 2))
    await first.sees()
    assert first.reads.counts == [(True, 0), (False, 1)]


async def test_a_deletion_elsewhere_is_seen(database: Database) -> None:
    first, second = Replica(database), Replica(database)
    await first.does(lambda agents: agents.update({"ana": 1, "bo": 1}))
    await second.does(lambda agents: agents.delete("ana"))
    assert await first.sees() == {"bo": 1}
    assert await Replica(database).sees() == {"bo": 1}


async def test_a_failed_transaction_leaves_no_trace(database: Database) -> None:
    replica = Replica(database)
    await replica.does(lambda agents: agents.set("ana", 1))
    with pytest.raises(ConnectionResetError):
        await replica.does(lambda agents: agents.set("ana", 2), before_commit=fail)
    assert replica.cache.peek("shop") is None
    assert await replica.sees() == {"ana": 1}
    assert await replica.does(lambda agents: agents.set("ana", 3)) == 2


async def test_a_commit_whose_answer_was_lost_is_read_back(database: Database) -> None:
    replica = Replica(database)
    await replica.does(lambda agents: agents.set("ana", 1))
    async with database.transaction() as conn:
        before = await replica.cache.open(conn, "shop", [])
        await replica.cache.write(conn, "shop", before, before.set("ana", 2))
    replica.cache.dropped("shop")
    assert await replica.sees() == {"ana": 2}


async def test_a_late_confirmation_does_not_undo_a_newer_one(database: Database) -> None:
    replica = Replica(database)
    async with database.transaction() as conn:
        first = await replica.cache.open(conn, "shop", [])
        written = await replica.cache.write(conn, "shop", first, first.set("ana", 1))
    assert await replica.does(lambda agents: agents.set("bo", 2)) == 2
    replica.cache.committed("shop", first.set("ana", 1), written)
    assert replica.cache.peek("shop") == immutables.Map({"ana": 1, "bo": 2})


async def test_a_restored_database_at_the_same_version_is_read_anew(database: Database, conn: Connection) -> None:
    replica = Replica(database)
    await replica.does(lambda agents: agents.set("ana", 1))
    await conn.execute("UPDATE aggregates SET token = gen_random_uuid() WHERE kind = 'desk'")
    await conn.execute("UPDATE aggregates SET body = '{\"used\": 5}' WHERE kind = 'agent'")
    assert await replica.sees() == {"ana": 5}


async def test_a_cache_of_before_a_fail_over_that_lost_commits_is_read_anew(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle, other = Replica(database), Replica(database)
    await idle.does(lambda agents: agents.set("ana", 1))
    await conn.execute("CREATE TABLE standby AS SELECT * FROM aggregates")
    await idle.does(lambda agents: agents.set("bo", 2))
    await conn.execute("DELETE FROM aggregates")
    await conn.execute("INSERT INTO aggregates SELECT * FROM standby")
    for statement in ("LOCK", "SAVE"):
        there = getattr(desk_rows, statement).replace("pg_postmaster_start_time()", "timestamptz '2026-03-01'")
        monkeypatch.setattr(desk_rows, statement, there)
    await other.does(lambda agents: agents.set("cy", 3))
    await other.does(lambda agents: agents.set("cy", 4))
    assert await idle.sees() == {"ana": 1, "cy": 4}
    await idle.does(lambda agents: agents.set("ana", 5))
    assert idle.cache.peek("shop") == immutables.Map({"ana": 5, "cy": 4})


async def test_a_cache_older_than_the_tombstones_swept_is_read_anew(database: Database, conn: Connection) -> None:
    first, second = Replica(database), Replica(database)
    await first.does(lambda agents: agents.update({"ana": 1, "bo": 1}))
    await second.does(lambda agents: agents.delete("ana"))
    await conn.execute("UPDATE aggregates SET changed_at = changed_at - interval '2 days' WHERE deleted")
    await tidy(database)
    assert await conn.fetchval("SELECT count(*) FROM aggregates WHERE deleted") == 0
    assert await first.sees() == {"bo": 1}
    assert first.reads.counts[-1] == (True, 1)


async def test_readers_that_decide_nothing_look_without_a_lock(database: Database, conn: Connection) -> None:
    replica = Replica(database)
    await replica.does(lambda agents: agents.set("ana", 1))
    async with database.transaction() as deciding:
        await replica.cache.open(deciding, "shop", [])
        assert dict(await replica.cache.look(conn, "shop")) == {"ana": 1}


async def test_what_belongs_to_another_desk_is_refused(database: Database) -> None:
    replica = Replica(database)
    await replica.does(lambda agents: agents.set("ana", 1))
    with pytest.raises(OfAnotherDesk):
        await replica.does(lambda agents: agents.set("ana", 2), desk="travel")
    assert await replica.sees() == {"ana": 1}


async def test_an_agent_may_move_to_another_desk_and_the_old_ones_caches_notice(database: Database) -> None:
    first, second = Replica(database), Replica(database)
    await first.does(lambda agents: agents.update({"ana": 1, "bo": 1}))
    await second.does(lambda agents: agents.delete("ana"))
    await second.does(lambda agents: agents.set("ana", 2), desk="travel")
    assert await first.sees() == {"bo": 1}


@pytest.mark.parametrize("seed", range(3))
async def test_many_turns_of_many_replicas_agree_with_one_plain_map(
    database: Database, conn: Connection, seed: int
) -> None:
    chance = random.Random(seed)
    replicas = [Replica(database) for _ in range(3)]
    model: Agents = immutables.Map()
    for turn in range(80):
        name, replica = f"agent-{chance.randrange(6)}", chance.choice(replicas)
        change = _removal(name) if chance.random() < 0.3 else _setting(name, turn)
        if chance.random() < 0.2:
            with pytest.raises(ConnectionResetError):
                await replica.does(change, before_commit=fail)
        else:
            await replica.does(change)
            model = change(model)
        if chance.random() < 0.1:
            await conn.execute("UPDATE aggregates SET changed_at = changed_at - interval '2 days' WHERE deleted")
            await tidy(database)
        assert await chance.choice(replicas).sees() == dict(model)


def _removal(name: str) -> Change:
    return lambda agents: agents.delete(name) if name in agents else agents


def _setting(name: str, used: int) -> Change:
    return lambda agents: agents.set(name, used)
