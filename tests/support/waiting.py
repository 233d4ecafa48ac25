"""How does a test wait for what happens elsewhere? By looking again, with an end."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], Awaitable[object]], within: float = 45.0) -> None:
    """Raises `TimeoutError` when it hasn't become true in time."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.01)
