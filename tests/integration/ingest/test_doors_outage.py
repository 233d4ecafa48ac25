"""Is nothing lost while the database is away? Senders are told to come back, and coming back makes no double."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import httpx2
import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from bellhop_local.stack import StackAddresses
from support.chatting import Page, frame_of, page
from support.databases import create_database, drop_database
from support.ingest_house import Doors, apply_desk, furnished, where
from support.mailing import LmtpAnswer, deliver, letter
from support.service_process import serving, until_ready
from support.valve import Valve, valve
from support.waiting import until

pytestmark = pytest.mark.xdist_group("outage")


@pytest_asyncio.fixture(scope="module")
async def cut_off(
    stack: StackAddresses, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Doors, Valve]]:
    """A replica whose way to the database can be shut, and that has no desk yet."""
    folder = tmp_path_factory.mktemp("cut-off")
    dsn = await create_database(stack.postgres_dsn)
    parts = urlsplit(dsn)
    async with valve(parts.hostname or "", parts.port or 0) as way:
        own_dsn = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{way.port}"))
        async with furnished(stack.kafka_bootstrap, dsn, folder) as house:
            settings = house.settings(POSTGRES_DSN=own_dsn)
            async with (
                serving("ingest", folder, settings) as replica,
                httpx2.AsyncClient(base_url=replica.url, timeout=15) as client,
            ):
                await until_ready(replica)
                yield Doors(house, replica, client), way
    await drop_database(stack.postgres_dsn, dsn)


async def test_before_a_desk_is_applied_everybody_is_told_to_come_back(cut_off: tuple[Doors, Valve]) -> None:
    doors, _ = cut_off
    raw = letter("Early", "Hello", message_id="<early@example.org>")
    (answer,) = await deliver(doors.lmtp, raw, "help@example.com")
    form = await doors.http.post("/v1/forms/site", json={"message": "Hi"})
    assert (answer.code, form.status_code) == (451, 503)


async def test_a_sender_turned_away_comes_again_and_is_one_contact(cut_off: tuple[Doors, Valve]) -> None:
    doors, way = cut_off
    await apply_desk(doors.house)
    raw = letter("Again", "Please", message_id="<outage@example.org>")

    async def mail() -> LmtpAnswer:
        return (await deliver(doors.lmtp, raw, "help@example.com"))[0]

    async def taken() -> bool:
        return (await mail()).code == 250

    form = {"email": "a@form.example", "message": "Hi"}
    headers = {"Idempotency-Key": "outage"}
    await until(taken, within=20)
    way.close()
    answer, away = await mail(), await doors.http.post("/v1/forms/site", json=form, headers=headers)
    assert answer.code == 451
    assert (away.status_code, away.headers["retry-after"]) == (503, "1")
    way.open()
    await until(taken, within=20)
    back = await doors.http.post("/v1/forms/site", json=form, headers=headers)
    assert back.status_code == 202
    await doors.said.first("contact.received", where(provider_message_id="outage"))
    assert len(doors.said.of("contact.received", where(provider_message_id="<outage@example.org>"))) == 1


async def test_a_visitor_who_comes_back_meanwhile_is_told_to_come_again(cut_off: tuple[Doors, Valve]) -> None:
    doors, way = cut_off
    async with page(doors.replica) as before:
        session = before.session
    way.close()
    async with page(doors.replica, session) as turned_away:
        with pytest.raises(ConnectionClosed) as closed:
            await turned_away.next("accepted")
    way.open()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, bool(closed.value.rcvd.reason)) == (1013, True)
    assert "Traceback" not in doors.replica.log.read_text()
    async with page(doors.replica, session) as back:
        await until(lambda: welcome(back), within=20)


async def welcome(visitor: Page) -> bool:
    await visitor.send(type="message", id="m1", text="Hello again")
    return bool((await frame_of(visitor.socket))["type"] == "accepted")
