"""What do the tests of ingest's doors share? One house, its desk applied, and two replicas that serve it."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from bellhop_local.stack import StackAddresses
from support.databases import create_database, drop_database
from support.ingest_house import Doors, House, apply_desk, furnished
from support.service_process import serving, until_ready
from support.waiting import until


@pytest_asyncio.fixture(scope="session")
async def house(stack: StackAddresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    dsn = await create_database(stack.postgres_dsn)
    folder: Path = tmp_path_factory.mktemp("ingest")
    async with furnished(stack.kafka_bootstrap, dsn, folder) as found:
        await apply_desk(found)
        yield found
    await drop_database(stack.postgres_dsn, dsn)


@pytest_asyncio.fixture(scope="session")
async def replicas(house: House) -> AsyncIterator[tuple[Doors, Doors]]:
    async with (
        serving("ingest", house.folder, house.settings()) as one,
        serving("ingest", house.folder, house.settings()) as two,
        httpx2.AsyncClient(base_url=one.url, timeout=15) as first,
        httpx2.AsyncClient(base_url=two.url, timeout=15) as second,
    ):
        found = Doors(house, one, first), Doors(house, two, second)
        for doors in found:
            await until_ready(doors.replica)
            await until(partial(_knows_its_desk, doors))
        yield found


@pytest.fixture(scope="session")
def doors(replicas: tuple[Doors, Doors]) -> Doors:
    return replicas[0]


async def _knows_its_desk(doors: Doors) -> bool:
    return (await doors.http.post("/v1/forms/site", json={})).status_code == 422
