"""Who is there before the first message? Agents at work, two birthdays, and some records that nobody can read."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import uuid5
from zoneinfo import ZoneInfo

import orjson

from bellhop_common.events.envelope import BINARY, full_type
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import NAMESPACE
from bellhop_local.demo.agents import ScriptedAgent
from bellhop_local.demo.contacts import event_headers
from bellhop_local.demo.desk import DESK, agent_ids
from bellhop_local.demo.desktops import HttpDesktop, KafkaDesktop
from bellhop_local.demo.doors import Doors
from bellhop_local.demo.ledger import Ledger

HEARTBEAT: Final = timedelta(seconds=5)
ZONE: Final = ZoneInfo("Europe/Sofia")
POISON: Final = (b"{not json", b'{"submission_id": "x"}', b"\xff\xfe\x00")


class Cast:
    """`agents` hear what happens; their programs keep their presence alive."""

    def __init__(self, doors: Doors, router: str, seed: int, clock: Callable[[], datetime]) -> None:
        self._doors = doors
        self._clock = clock
        self._kafka = KafkaDesktop(doors, DESK)
        self._stack = AsyncExitStack()
        self.agents = [self._agent(at, name, router, seed) for at, name in enumerate(agent_ids())]

    def _agent(self, at: int, name: str, router: str, seed: int) -> ScriptedAgent:
        random = Random(f"{seed}/{name}")
        if at % 2:
            return ScriptedAgent(name, self._kafka, random)
        desktop = HttpDesktop(router)
        self._stack.push_async_callback(desktop.close)
        return ScriptedAgent(name, desktop, random)

    async def arrive(self) -> None:
        await asyncio.gather(*(self._say(agent, "set-presence", {"presence": "available"}) for agent in self.agents))

    async def stay(self, until: Callable[[], bool]) -> None:
        while not until():
            await asyncio.sleep(HEARTBEAT.total_seconds())
            await asyncio.gather(*(self._show(agent) for agent in self.agents))

    async def _show(self, agent: ScriptedAgent) -> None:
        """Who was taken for absent comes back."""
        if agent.presence in {"away", "offline"}:
            await self._say(agent, "set-presence", {"presence": "available"})
        else:
            await self._say(agent, "heartbeat", {})

    @property
    def failures(self) -> list[str]:
        """What agents had to give up, since no door took it or one failed."""
        return [failure for agent in self.agents for failure in agent.failures]

    async def leave(self) -> None:
        for agent in self.agents:
            await agent.rest()
        await self._stack.aclose()

    async def _say(self, agent: ScriptedAgent, name: str, body: dict[str, object]) -> None:
        now = self._clock()
        common: dict[str, object] = {
            "command_id": str(uuid5(NAMESPACE, f"demo/{agent.agent_id}/{name}/{now.isoformat()}")),
            "issued_at": rfc3339(now),
            "actor": {"kind": "agent", "id": agent.agent_id},
        }
        await self._kafka.agent_command(name, agent.agent_id, {**common, **body})


async def announce_birthdays(doors: Doors, now: datetime) -> None:
    """One who may be wished a happy day, and one who asked not to be written to."""
    today = now.astimezone(ZONE)
    for number, quiet in ((9001, False), (9002, True)):
        profile: dict[str, object] = {
            "name": "Nadia Kostova" if not quiet else "Peter Quiet",
            "handles": [{"kind": "email", "value": f"customer{number}@customers.example"}],
            "locale": "bg" if not quiet else "en",
            "time_zone": "Europe/Sofia",
            "occasions": [{"kind": "birthday", "month": today.month, "day": today.day}],
            "do_not_contact": quiet,
        }
        await _upsert(doors, number, profile, now)


async def _upsert(doors: Doors, number: int, profile: dict[str, object], now: datetime) -> None:
    command_id = str(uuid5(NAMESPACE, f"demo-customer-{number}"))
    body = {
        "command_id": command_id,
        "issued_at": rfc3339(now),
        "actor": {"kind": "system", "id": "crm.example"},
        "external_id": {"system": "crm", "id": str(number)},
        "profile": profile,
    }
    headers = {
        "ce_specversion": "1.0",
        "ce_id": command_id,
        "ce_source": "crm.example",
        "ce_type": full_type("customer.upsert"),
        "content-type": BINARY,
    }
    encoded = [(name, value.encode()) for name, value in headers.items()]
    await doors.publish("customer.command.v1", command_id.encode(), orjson.dumps(body), encoded)


async def plant_poison(doors: Doors, ledger: Ledger) -> None:
    """Bad bytes on an inbound topic, under ids of their own: dead letters must be exactly these."""
    for number, value in enumerate(POISON):
        headers = event_headers(uuid5(NAMESPACE, f"demo-poison-{number}"))
        place = await doors.publish("contact.inbound.v1", None, value, headers)
        ledger.poison.append(place)
