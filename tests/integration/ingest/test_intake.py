"""Does the intake keep its word on a real PostgreSQL, with two replicas at once?"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import orjson
import pytest

from bellhop_common.events.topics import CATALOGUE
from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.postgres.database import Database
from bellhop_common.postgres.outbox import Outbox
from bellhop_ingest.adapters.store import IngestStore
from bellhop_ingest.adapters.wire import Wire
from bellhop_ingest.application.group_commit import Busy, GroupCommit
from bellhop_ingest.application.intake import Intake, UnknownEntryPoint
from bellhop_ingest.domain.admission import Admitted, Applicant
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.decide import decide
from bellhop_ingest.domain.inputs import DeskLearned
from support.ingest_memory import DOORS, KEY, NOON, answering, mail

Group = GroupCommit[Applicant, Admitted]


async def replica(database: Database) -> Intake:
    outbox = Outbox("ingest", {topic.full("support"): topic.partitions for topic in CATALOGUE})
    async with database.transaction() as connection:
        await outbox.load(connection)
    publisher = CombiningPublisher(database, "127.0.0.1:1")
    return Intake(database, IngestStore([KEY]), outbox, publisher, Wire("support").encode)


@asynccontextmanager
async def two_replicas(database: Database) -> AsyncIterator[tuple[Group, Group]]:
    one, two = await replica(database), await replica(database)
    async with GroupCommit(one.commit) as first, GroupCommit(two.commit) as second:
        yield first, second


async def apply_desk(database: Database) -> None:
    store, learned = IngestStore([KEY]), DeskLearned("support", 1, DOORS)
    async with database.transaction() as connection:
        before = await store.open(connection, "", [learned])
        decision = decide(before, learned, NOON)
        assert hasattr(decision, "state")
        await store.write(connection, "", before, decision.state)


async def bodies(conn: "asyncpg.Connection[asyncpg.Record]", topic: str) -> list[dict[str, object]]:
    rows = await conn.fetch("SELECT value FROM outbox WHERE topic = $1 ORDER BY id", f"support.{topic}")
    return [orjson.loads(row["value"]) for row in rows]


async def submit_all(groups: Sequence[Group], arrivals: Sequence[Arrival]) -> list[Admitted]:
    waiting = [groups[at % len(groups)].submit(Applicant(one, NOON)) for at, one in enumerate(arrivals)]
    return await asyncio.gather(*waiting)


async def test_first_messages_of_one_sender_on_two_replicas_make_one_conversation(
    database: Database, conn: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await apply_desk(database)
    async with (
        GroupCommit((await replica(database)).commit) as one,
        GroupCommit((await replica(database)).commit) as two,
    ):
        for sender in (f"guest{number}@example.org" for number in range(10)):
            arrivals = [mail(f"<{sender}-{number}>", f"Text {number}", sender) for number in range(8)]
            admitted = await submit_all((one, two), arrivals)
            assert len({answer.conversation_id for answer in admitted}) == 1
    received = [body for body in await bodies(conn, "contact.v1") if "is_new_conversation" in body]
    assert Counter(body["is_new_conversation"] for body in received) == {True: 10, False: 70}
    customers = await bodies(conn, "customer.state.v1")
    assert len({body["customer_id"] for body in customers}) == 10


async def test_the_same_mail_on_two_replicas_is_one_contact(
    database: Database, conn: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await apply_desk(database)
    async with (
        GroupCommit((await replica(database)).commit) as one,
        GroupCommit((await replica(database)).commit) as two,
    ):
        admitted = await submit_all((one, two), [mail(f"<{number // 4}@example.org>") for number in range(40)])
    assert len({answer.contact_id for answer in admitted}) == 10
    assert sum(not answer.repeat for answer in admitted) == 10
    assert len(await bodies(conn, "contact.v1")) == 10


async def test_sequences_of_a_conversation_have_no_gap(
    database: Database, conn: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await apply_desk(database)
    async with (
        GroupCommit((await replica(database)).commit) as one,
        GroupCommit((await replica(database)).commit) as two,
    ):
        await submit_all((one, two), [mail("<0@example.org>")])
        await submit_all(
            (one, two), [answering(f"<{number}@example.org>", "<0@example.org>") for number in range(1, 50)]
        )
    assert [body["sequence"] for body in await bodies(conn, "contact.v1")] == list(range(1, 51))


async def test_one_that_can_not_be_admitted_harms_nobody_else(database: Database) -> None:
    await apply_desk(database)
    lost = replace(mail("<x@example.org>"), entry_point="nowhere")
    async with GroupCommit((await replica(database)).commit) as group:
        good = [group.submit(Applicant(mail(f"<{number}@example.org>"), NOON)) for number in range(5)]
        answers = await asyncio.gather(*good, group.submit(Applicant(lost, NOON)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Admitted] * 5 + [UnknownEntryPoint]


async def test_without_a_database_the_sender_is_told_to_come_back(database: Database) -> None:
    intake = await replica(database)
    await database.close()
    async with GroupCommit(intake.commit) as group:
        with pytest.raises(Busy):
            await group.submit(Applicant(mail("<1@example.org>"), NOON))
    await database.open()
