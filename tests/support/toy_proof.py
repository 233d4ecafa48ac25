"""What is fed to a toy that is hurt meanwhile, and what must hold afterwards?"""

import asyncio
import random

from support.toy_feed import dead_letters, until_counted
from support.toy_stage import Stage
from support.waiting import until

KEYS = [f"k{number}" for number in range(24)]


async def feed_for(stage: Stage, seconds: float, seed: int) -> None:
    """About two hundred a second, poison in between, and references to keys that come later."""
    rng = random.Random(seed)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        key = rng.choice(KEYS)
        if rng.random() < 0.02:
            await stage.feed.poison(key, rng.choice([b"{no json", None, b'{"number": "x"}', b"\xff\xfe"]))
        refers_to = rng.choice(KEYS) if rng.random() < 0.05 else None
        await stage.feed.add(key, desk="abcd"[KEYS.index(key) % 4], refers_to=refers_to)
        await asyncio.sleep(rng.random() * 0.008)
    for key in KEYS:
        await stage.feed.add(key, desk="abcd"[KEYS.index(key) % 4])


async def verify(stage: Stage) -> None:
    """From the topics, and from what is left in the tables."""
    found = await until_counted(stage.bootstrap, stage.feed)
    for key, accepted in stage.feed.accepted.items():
        assert found.numbers(key) == accepted, key
    letters = await dead_letters(stage.bootstrap, stage.prefix)
    assert set(letters) == stage.feed.poisoned
    await until(lambda: nothing_left(stage))


async def nothing_left(stage: Stage) -> bool:
    return [await stage.count(table) for table in ("outbox", "parked", "held")] == [0, 0, 0]
