"""What is true now, for those who only look? As last committed by any replica, without locks."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

import orjson

from bellhop_common.http.problems import Problem
from bellhop_common.kernel.unit import Executed
from bellhop_common.postgres.database import Database
from bellhop_router.adapters import registry
from bellhop_router.adapters.store import RouterStore
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import RouterEvent
from bellhop_router.domain.inputs import RouterInput
from bellhop_router.domain.names import AgentId, WorkItemId
from bellhop_router.domain.work import WorkItem


class Running(Protocol):
    async def execute(self, desk: str, command: RouterInput, command_id: UUID) -> Executed[Desk, RouterEvent]: ...


class Reading:
    def __init__(self, database: Database, store: RouterStore) -> None:
        self._database = database
        self._store = store

    async def desk(self, name: str) -> Desk:
        async with self._database.acquire() as connection:
            desk = await self._store.look(connection, name)
        if desk.policy is None:
            raise Problem(404, "Not known", f"no desk file was applied for {name}")
        return desk

    async def desk_file(self, name: str) -> tuple[int, str]:
        policy = (await self.desk(name)).policy
        return (0, "{}") if policy is None else (policy.version, policy.source)

    async def place(self, work_item_id: WorkItemId) -> registry.Place:
        async with self._database.acquire() as connection:
            found = await registry.find(connection, work_item_id)
        if found is None:
            raise Problem(404, "Not known", f"no work item {work_item_id}")
        return found

    async def item(self, work_item_id: WorkItemId) -> WorkItem:
        return (await self.item_on_desk(work_item_id))[0]

    async def item_on_desk(self, work_item_id: WorkItemId) -> tuple[WorkItem, Desk, datetime]:
        place = await self.place(work_item_id)
        desk = await self.desk(place.desk)
        item = place.ended or desk.items.get(work_item_id)
        if item is None:  # it ended between the two looks
            item = (await self.place(work_item_id)).ended
        if item is None:
            raise Problem(404, "Not known", f"no work item {work_item_id}")
        return item, desk, place.now

    async def desk_of_agent(self, agent_id: AgentId) -> str:
        return (await self._agent(agent_id)).desk

    async def renew_lease(self, agent_id: AgentId) -> datetime:
        """Refused when there is no lease any more: then the agent's presence has to be set again."""
        seconds = (await self._agent(agent_id)).lease_seconds
        async with self._database.acquire() as connection:
            due_at = await registry.renew_lease(connection, agent_id, seconds)
        if due_at is None:
            raise Problem(409, "No lease", f"{agent_id} is not present; set the presence again", code="lease-lost")
        return due_at

    async def claimed_elsewhere(self, desk: str, agents: Collection[AgentId], doors: Collection[str]) -> list[str]:
        """What this desk would take from others, in words: agents and entry points belong to one desk."""
        async with self._database.acquire() as connection:
            people = await registry.agents_elsewhere(connection, desk, agents)
            files = await registry.other_files(connection, desk)
        taken = [
            f"entry point {door['name']} belongs to desk {other}"
            for other, source in sorted(files.items())
            for door in orjson.loads(source).get("entry_points", ())
            if door["name"] in doors
        ]
        return [f"agent {name} belongs to desk {other}" for name, other in sorted(people.items())] + taken

    async def _agent(self, agent_id: AgentId) -> registry.AgentPlace:
        async with self._database.acquire() as connection:
            found = await registry.agent(connection, agent_id)
        if found is None:
            raise Problem(404, "Not known", f"no agent {agent_id}")
        return found
