"""What do the router's tests share? A stage, and a router with the example desk on it."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiokafka import AIOKafkaProducer

from bellhop_common.events import topics
from bellhop_common.messaging import topic_admin
from bellhop_common.postgres.migrations import migrate
from bellhop_local.stack import StackAddresses
from support.router_stage import EXAMPLE, MIGRATIONS, Process, Stage


@pytest_asyncio.fixture
async def stage(stack: StackAddresses, postgres_dsn: str, topic_prefix: str) -> AsyncIterator[Stage]:
    wanted = topic_admin.wanted(topics.CATALOGUE, topic_prefix, ("router",))
    await topic_admin.apply(stack.kafka_bootstrap, wanted)
    await migrate(postgres_dsn, "bellhop_router", MIGRATIONS)
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap, acks="all", linger_ms=0)
    await producer.start()
    yield Stage(stack.kafka_bootstrap, postgres_dsn, topic_prefix, producer)
    await producer.stop()


@pytest_asyncio.fixture
async def process(stage: Stage) -> AsyncIterator[Process]:
    """A router with the example desk applied."""
    async with stage.router() as process:
        answer = await process.apply(EXAMPLE.read_text())
        assert answer.status_code == 200, answer.text
        yield process
