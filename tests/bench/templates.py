"""What does every round begin with? A database in which the desks are applied and all agents are available."""

import asyncio
from pathlib import Path
from typing import Final

import asyncpg
import httpx2

from bellhop_common.postgres.migrations import migrate
from bellhop_router import main as router_main
from bench.contestants import Running, router, running
from bench.desks import Plan, desk_file
from bench.ground import Wish, ground
from bench.hands import Hands
from bench.orders import Presences
from bench.servers import Servers
from support.databases import create_database

SCHEMA: Final = "bellhop_router"
MIGRATIONS: Final = Path(router_main.__file__).with_name("migrations")
PRESENT_SECONDS: Final = 60.0
# What names the topics that the template was made with; every round has its own.
FORGET: Final = """
SET search_path = bellhop_router;
TRUNCATE outbox, shards, next_offsets, input_marks, stalls, watermarks, sequences;
VACUUM ANALYZE;
"""


async def tables(servers: Servers, schema: str, migrations: Path | None) -> str:
    """A database that has the tables of one service, and nothing in them."""
    dsn = await create_database(servers.dsn)
    await migrate(dsn, schema, migrations)
    return dsn


async def staffed(servers: Servers, hands: Hands, plan: Plan, folder: Path) -> str:
    """Made by a router, from desk files and presence commands."""
    empty = await tables(servers, SCHEMA, MIGRATIONS)
    async with ground(servers, Wish(empty)) as place:
        async with running(router(place), place, folder) as contestant:
            await apply(contestant, plan)
            order = Presences(bootstrap=place.bootstrap, prefix=place.prefix, desks=plan.desks, agents=plan.agents)
            await hands.prepare(order)
            await hands.go()
            await until_present(contestant, plan)
        dsn = await create_database(servers.dsn, place.dsn)
    await _forget(dsn)
    return dsn


async def apply(contestant: Running, plan: Plan) -> None:
    async with httpx2.AsyncClient(base_url=contestant.urls[0], timeout=20) as client:
        for desk in plan.names:
            headers = {"Idempotency-Key": desk, "Content-Type": "application/yaml"}
            answer = await client.put(f"/v1/desks/{desk}", content=desk_file(plan, desk), headers=headers)
            answer.raise_for_status()


async def until_present(contestant: Running, plan: Plan) -> None:
    async with asyncio.timeout(PRESENT_SECONDS), httpx2.AsyncClient(base_url=contestant.urls[0]) as client:
        for desk in plan.names:
            while await _available(client, desk) < plan.agents:  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(0.2)


async def _available(client: httpx2.AsyncClient, desk: str) -> int:
    answer = await client.get("/v1/agents", params={"desk": desk})
    answer.raise_for_status()
    return sum(1 for agent in answer.json()["agents"] if agent["presence"] == "available")


async def _forget(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in FORGET.strip().splitlines():
            await connection.execute(statement)
    finally:
        await connection.close()
