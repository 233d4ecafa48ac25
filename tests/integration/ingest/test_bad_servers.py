"""Is what is wrong with the servers told in words, is nothing lost meanwhile, and does all go on once it is right?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import httpx2
import orjson
import pytest_asyncio

from bellhop_common.events import topics
from bellhop_common.messaging import topic_admin
from bellhop_local.stack import StackAddresses
from support.databases import create_database, drop_database
from support.ingest_house import READS, WRITES, Doors, House, apply_desk, furnished
from support.mailing import LmtpAnswer, deliver, letter
from support.service_process import serving, until_ready
from support.topics import delete_named, make_until_there, read_topic
from support.waiting import until

DISK_FULL = """
CREATE FUNCTION bellhop_ingest.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON bellhop_ingest.outbox EXECUTE FUNCTION bellhop_ingest.full_disk();
"""
DISK_FREE = "DROP FUNCTION bellhop_ingest.full_disk CASCADE"


@pytest_asyncio.fixture
async def own(stack: StackAddresses, tmp_path: Path) -> AsyncIterator[Doors]:
    """A service with topics and tables that nobody else needs."""
    dsn = await create_database(stack.postgres_dsn)
    async with furnished(stack.kafka_bootstrap, dsn, tmp_path) as house:
        await apply_desk(house)
        async with running(house) as doors:
            await until_ready(doors.replica)
            await until(lambda: takes(doors))
            yield doors
    await drop_database(stack.postgres_dsn, dsn)


@asynccontextmanager
async def running(house: House, **more: str) -> AsyncIterator[Doors]:
    async with (
        serving("ingest", house.folder, house.settings(**more)) as replica,
        httpx2.AsyncClient(base_url=replica.url, timeout=15) as client,
    ):
        yield Doors(house, replica, client)


@dataclass(frozen=True, slots=True)
class Sent:
    name: str
    answer: LmtpAnswer


async def mail(doors: Doors) -> Sent:
    name = f"<{uuid4()}@servers.example>"
    raw = letter("Hello", "Is anybody there?", message_id=name, sender=f"{uuid4()}@servers.example")
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com")
    return Sent(name, answer)


async def takes(doors: Doors) -> bool:
    return (await mail(doors)).answer.code == 250


async def waits_for(doors: Doors) -> dict[str, str]:
    answer = await doors.http.get("/health/ready")
    waiting: dict[str, str] = answer.json()["waiting"]
    assert answer.status_code == (503 if waiting else 200)
    return waiting


async def test_with_a_wrong_password_a_service_says_so_and_takes_nothing(own: Doors) -> None:
    parts = urlsplit(own.house.dsn)
    dsn = urlunsplit(parts._replace(netloc=f"{parts.username}:wrong@127.0.0.1:{parts.port}"))
    async with running(own.house, POSTGRES_DSN=dsn) as locked_out:

        async def said() -> bool:
            try:
                answer = await locked_out.http.get("/health/startup")
            except httpx2.TransportError:
                return False
            return "password" in answer.text.lower() and answer.status_code == 503

        await until(said, within=40)
        form = await locked_out.http.post("/v1/forms/site", json={"message": "Hi", "email": "a@b.example"})
        assert form.status_code == 503
        assert "wrong" not in locked_out.replica.log.read_text()


async def test_on_a_full_disk_senders_are_told_to_come_again_and_are_taken_once_there_is_room(own: Doors) -> None:
    connection = await asyncpg.connect(own.house.dsn)
    try:
        await connection.execute(DISK_FULL)
        form = {"email": "full@form.example", "message": "Hi"}
        headers = {"Idempotency-Key": "full"}
        turned_away = await mail(own)
        answer = await own.http.post("/v1/forms/site", json=form, headers=headers)
        await connection.execute(DISK_FREE)
        back = await own.http.post("/v1/forms/site", json=form, headers=headers)
    finally:
        await connection.close()
    assert (turned_away.answer.code, "DiskFullError (53100)" in turned_away.answer.text) == (451, True)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (back.status_code, back.json()["repeat"]) == (202, False)
    assert await takes(own)


async def test_a_topic_deleted_under_a_service_that_writes_it_holds_its_events_until_it_is_made_again(
    own: Doors,
) -> None:
    await delete_named(own.house.bootstrap, [topics.CONTACT.full(own.house.prefix)])
    wanted = topic_admin.wanted([topics.CONTACT], own.house.prefix, ())

    async def is_missing() -> bool:
        """For a moment after the deletion the broker may still tell of it."""
        found = await topic_admin.differences(own.house.bootstrap, wanted)
        return [(one.topic.name, one.what) for one in found] == [(topics.CONTACT.full(own.house.prefix), "missing")]

    await until(is_missing)
    sent = [await mail(own) for _ in range(3)]
    await until(lambda: waits_to_publish(own), within=60)
    await make_until_there(own.house.bootstrap, topic_admin.wanted((*READS, *WRITES), own.house.prefix, ("ingest",)))

    async def all_there() -> bool:
        found = await read_topic(own.house.bootstrap, topics.CONTACT.full(own.house.prefix))
        names = {orjson.loads(record.value or b"{}").get("provider_message_id") for record in found}
        return {one.name for one in sent} <= names

    await until(all_there, within=60)
    await until(lambda: ready(own), within=30)
    assert [one.answer.code for one in sent] == [250, 250, 250]


async def ready(doors: Doors) -> bool:
    return not await waits_for(doors)


async def waits_to_publish(doors: Doors) -> bool:
    """It says so in its log, and lives on."""
    told = doors.replica.said("publishing-waits") or doors.replica.said("acknowledgements-wait")
    return bool(told) and doors.replica.process.poll() is None
