"""How much memory does each service take? Resident, after a short load that went through all four."""

import asyncio
from contextlib import AsyncExitStack
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from bellhop_common.events.topics import SERVICES
from bellhop_common.postgres.migrations import migrate
from bellhop_local.stack.ports import free_port
from bench.contestants import Running, running, service
from bench.desks import Plan
from bench.ground import Ground, Wish, ground
from bench.hands import Hands
from bench.orders import Presences, Submissions, Watch
from bench.servers import Servers
from bench.templates import apply, until_present
from bench.throughput import OFFERED, WORK
from support.databases import create_database

PLAN: Final = Plan(desks=1, agents=40)
SUBMISSIONS: Final = 600
RATE: Final = 150.0
PATIENCE: Final = 60.0
# Until sla and notifier have read what the router said.
AFTERWARDS: Final = 1.5


async def tables_of_all(servers: Servers) -> str:
    dsn = await create_database(servers.dsn)
    for name in SERVICES:
        found = next(entry for entry in entry_points(group="bellhop.services") if entry.name == name)
        await migrate(dsn, f"bellhop_{name}", found.load()().migrations)
    return dsn


async def memory(servers: Servers, hands: Hands, template: str, folder: Path) -> dict[str, float]:
    """Megabytes by service, of the process itself: ingest's parsers are processes of their own."""
    async with ground(servers, Wish(template, SERVICES)) as place, AsyncExitStack() as stack:
        started = await asyncio.gather(*(_start(stack, name, place, folder) for name in SERVICES))
        four = dict(zip(SERVICES, started, strict=True))
        await apply(four["router"], PLAN)
        await _load(hands, place, four["router"])
        await asyncio.sleep(AFTERWARDS)
        return {name: one.resident_megabytes() for name, one in four.items()}


async def _start(stack: AsyncExitStack, name: str, place: Ground, folder: Path) -> Running:
    logs = folder / name
    logs.mkdir(exist_ok=True)
    own = {"BELLHOP_INGEST_LMTP_PORT": str(free_port()), "BELLHOP_INGEST_OBJECTS_DIR": str(logs / "objects")}
    return await stack.enter_async_context(running(service(name, place), place, logs, own))


async def _load(hands: Hands, place: Ground, router: Running) -> None:
    common = {"bootstrap": place.bootstrap, "prefix": place.prefix}
    await hands.prepare(Presences(**common, desks=PLAN.desks, agents=PLAN.agents))
    await hands.go()
    await until_present(router, PLAN)
    await hands.watch(Watch(**common, topic=WORK, kind=OFFERED, count=SUBMISSIONS, timeout=PATIENCE))
    await hands.prepare(
        Submissions(**common, desks=PLAN.desks, agents=PLAN.agents, count=SUBMISSIONS, rate=RATE),
    )
    await hands.go()
    seen = await hands.seen()
    if seen.count != SUBMISSIONS:
        raise RuntimeError(f"{seen.count} of {SUBMISSIONS} submissions were offered within {PATIENCE:.0f} s")
