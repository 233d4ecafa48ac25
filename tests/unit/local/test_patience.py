"""Is something waited for as long as it could have come, and no longer than it makes sense?"""

import asyncio

from bellhop_local.faults.patience import Patience
from support.waiting import until


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def waited(patience: Patience) -> float:
    async def over() -> bool:
        return not await patience.lasts()

    loop = asyncio.get_running_loop()
    began = loop.time()
    await until(over)
    return loop.time() - began


async def test_who_could_is_given_up_after_that_time() -> None:
    assert 0.1 <= await waited(Patience(0.1, yes)) < 0.4


async def test_the_time_in_which_nobody_could_does_not_count() -> None:
    could = asyncio.Event()

    async def now() -> bool:
        return could.is_set()

    waiting = asyncio.create_task(waited(Patience(0.1, now)))
    await asyncio.sleep(0.2)
    could.set()
    assert await waiting >= 0.29


async def test_who_never_could_is_given_up_at_last() -> None:
    assert await waited(Patience(0.1, no)) >= 0.4
