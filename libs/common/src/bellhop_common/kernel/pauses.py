"""How does a loop rest without missing that it must stop or go on?"""

import asyncio


async def waited(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came before the time was over."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
