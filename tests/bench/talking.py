"""How does a process of the measurement hear what it is to do? A line of JSON in, a line of JSON out."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable

from bench.orders import Order


async def heard() -> str:
    """The next line; empty when whoever gives orders is gone."""
    return await asyncio.to_thread(sys.stdin.readline)


def answer(said: Order) -> None:
    sys.stdout.write(f"{said.model_dump_json()}\n")
    sys.stdout.flush()


def serve(obey: Callable[[str], Awaitable[None]]) -> None:
    """One order after another, until there are no more."""
    # Topics that were made a moment ago are said to have no leader yet; the client asks again by itself.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    asyncio.run(_all(obey))


async def _all(obey: Callable[[str], Awaitable[None]]) -> None:
    while line := await heard():
        await obey(line)
