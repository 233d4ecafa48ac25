"""What do the kernel's tests share? A stage for the toy."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bellhop_local.stack import StackAddresses
from support.toy_stage import Stage, staged


@pytest_asyncio.fixture
async def stage(stack: StackAddresses, postgres_dsn: str, topic_prefix: str) -> AsyncIterator[Stage]:
    async with staged(stack.kafka_bootstrap, postgres_dsn, topic_prefix) as stage:
        yield stage
