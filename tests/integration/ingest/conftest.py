"""What do the tests of ingest's doors share? One house, its desk applied, and two replicas that serve it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
async def doors(house: House) -> AsyncIterator[Doors]:
    async with _opened(house) as found:
        yield found


@pytest_asyncio.fixture(scope="session")
async def replicas(house: House, doors: Doors) -> AsyncIterator[tuple[Doors, Doors]]:
    """Only who needs the second one waits for it."""
    async with _opened(house) as other:
        yield doors, other


@asynccontextmanager
async def _opened(house: House) -> AsyncIterator[Doors]:
    async with (
        serving("ingest", house.folder, house.settings()) as replica,
        httpx2.AsyncClient(base_url=replica.url, timeout=15) as client,
    ):
        found = Doors(house, replica, client)
        await until_ready(replica)
        await until(partial(_knows_its_desk, found))
        yield found


async def _knows_its_desk(doors: Doors) -> bool:
    return (await doors.http.post("/v1/forms/site", json={})).status_code == 422
