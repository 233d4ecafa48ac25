"""Is state read under its lock, and only what changed written?"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from bellhop_common.decision import Subject
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.documents import Documents
from bellhop_common.postgres.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    since: datetime
    ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """An input: it concerns one customer and looks at another."""

    customer: Subject
    friend: Subject


ANA = Subject("customer", "ana")
BO = Subject("customer", "bo")
PROFILE = Profile("Ana", datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC), (UUID(int=7),))
STORE = Documents[Note]({"customer": Codec(Profile)}, lambda note: [note.customer], lambda note: [note.friend])


async def put(database: Database, subject: Subject, profile: Profile | None) -> None:
    async with database.transaction() as conn:
        before = await STORE.open(conn, "shop", [Note(subject, subject)])
        after = before.delete(subject) if profile is None else before.set(subject, profile)
        await STORE.write(conn, "shop", before, after)


async def test_a_document_comes_back_equal(database: Database) -> None:
    await put(database, ANA, PROFILE)
    async with database.transaction() as conn:
        assert dict(await STORE.open(conn, "shop", [Note(ANA, BO)])) == {ANA: PROFILE}


async def test_only_what_changed_is_written(database: Database, conn: Connection) -> None:
    await put(database, ANA, PROFILE)
    await put(database, BO, PROFILE)
    async with database.transaction() as transaction:
        before = await STORE.open(transaction, "shop", [Note(ANA, ANA), Note(BO, BO)])
        await STORE.write(transaction, "shop", before, before.set(BO, replace(PROFILE, name="Bo")))
    versions = await conn.fetch("SELECT id, version FROM aggregates ORDER BY id")
    assert [(row["id"], row["version"]) for row in versions] == [("ana", 1), ("bo", 2)]


async def test_a_removed_document_leaves_no_row(database: Database, conn: Connection) -> None:
    await put(database, ANA, PROFILE)
    await put(database, ANA, None)
    assert await conn.fetchval("SELECT count(*) FROM aggregates") == 0


async def test_what_is_only_looked_at_is_there_but_not_locked(database: Database, conn: Connection) -> None:
    await put(database, BO, PROFILE)
    async with database.transaction() as transaction:
        state = await STORE.open(transaction, "shop", [Note(ANA, BO)])
        assert dict(state) == {BO: PROFILE}
        await conn.execute("UPDATE aggregates SET version = 9 WHERE id = 'bo'")
        await STORE.write(transaction, "shop", state, state)
    assert [row["id"] for row in await conn.fetch("SELECT id FROM aggregates")] == ["bo"]
