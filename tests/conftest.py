"""What do tests share? One real stack for all workers of a run, and a fresh database and topic prefix for each test."""

import uuid
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from bellhop_common.postgres.database import Database, PostgresSettings
from bellhop_local.stack import StackAddresses, shared_stack
from support.databases import KERNEL_SCHEMA, create_database, drop_database, kernel_template
from support.topics import delete_topics

# How long a machine takes to draw an example, or for one, says nothing about what is tested.
settings.register_profile("bellhop", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bellhop")

# A broker that gets no processor for a second must not count as gone, unless a test is about that.
KAFKA_SETTINGS = {"broker.session.timeout.ms": "9000"}
# Tests share a machine with others; what is slow here is the disk.
POSTGRES_SETTINGS = {"fsync": "off", "max_connections": "300", "max_prepared_transactions": "0"}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[StackAddresses]:
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    with shared_stack(
        folder / "stack", postgres_settings=POSTGRES_SETTINGS, kafka_settings=KAFKA_SETTINGS
    ) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def kafka_bootstrap(stack: StackAddresses) -> str:
    return stack.kafka_bootstrap


@pytest_asyncio.fixture
async def topic_prefix(stack: StackAddresses) -> AsyncIterator[str]:
    """What a test leaves on its topics goes with it: a broker that keeps the topics of all tests runs out of memory."""
    prefix = f"t{uuid.uuid4().hex[:10]}"
    yield prefix
    await delete_topics(stack.kafka_bootstrap, prefix)


@pytest_asyncio.fixture
async def postgres_dsn(stack: StackAddresses) -> AsyncIterator[str]:
    """An empty database of the test's own."""
    dsn = await create_database(stack.postgres_dsn)
    yield dsn
    await drop_database(stack.postgres_dsn, dsn)


@pytest_asyncio.fixture(scope="session")
async def template(stack: StackAddresses) -> AsyncIterator[str]:
    name = await kernel_template(stack.postgres_dsn)
    yield name
    await drop_database(stack.postgres_dsn, name)


@pytest_asyncio.fixture
async def kernel_dsn(stack: StackAddresses, template: str) -> AsyncIterator[str]:
    """A database of the test's own with the kernel's tables."""
    dsn = await create_database(stack.postgres_dsn, template)
    yield dsn
    await drop_database(stack.postgres_dsn, dsn)


@pytest_asyncio.fixture
async def database(kernel_dsn: str) -> AsyncIterator[Database]:
    database = Database(PostgresSettings(kernel_dsn, KERNEL_SCHEMA, pool_size=8))
    await database.open()
    yield database
    await database.close()


@pytest_asyncio.fixture
async def conn(database: Database) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection beside the pool, to look at what was committed."""
    connection = await database.connect()
    yield connection
    await connection.close()
