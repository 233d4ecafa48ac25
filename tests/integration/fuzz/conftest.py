"""What do the fuzzers' tests share? The four services with every kind of door open."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bellhop_local.fuzz.world import World, world


@pytest_asyncio.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("fuzz"), print) as found:
        yield found
