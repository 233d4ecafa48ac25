"""How do all faults of a day come to pass? Each at its moment, with the time that recovery took."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from bellhop_common.errors import NotReachable
from bellhop_local.demo.processes import Replica, Services
from bellhop_local.demo.setting import Scene
from bellhop_local.faults import servers
from bellhop_local.faults.desk import apply_again
from bellhop_local.faults.empty_database import start_on_empty
from bellhop_local.faults.harms import Harm
from bellhop_local.faults.patience import Patience
from bellhop_local.faults.replicas import ReplicaHarms
from bellhop_local.faults.schedule import Fault

RECOVERY: Final = 60.0
GUARD_EVERY: Final = 0.5
LOOK: Final = 2.0


@dataclass(frozen=True, slots=True)
class Suffered:
    """`recovered_after` seconds after the fault was undone everything concerned was ready; None: never.

    `came` is false if the moment for the fault never came, or nothing could be made to suffer it.
    """

    fault: Fault
    at: float
    recovered_after: float | None
    came: bool = True


class Trouble:
    """`suffered` in the order of recovery; `ended_alone` are replicas that ended without having been told to.

    Such a one is started again, as by anything that runs containers.
    """

    def __init__(self, faults: Sequence[Fault], say: Callable[[str], None]) -> None:
        self._faults = faults
        self._say = say
        self._busy: dict[str, asyncio.Lock] = {}
        self._servers_away = 0
        self._let_be_until: dict[str, float] = {}
        self.suffered: list[Suffered] = []
        self.ended_alone: list[str] = []
        self.failures: list[str] = []

    async def run(self, scene: Scene, clock: Callable[[], float]) -> None:
        harms = ReplicaHarms(scene)
        guard = asyncio.create_task(self._guard(scene.services, harms), name="guard")
        try:
            async with asyncio.TaskGroup() as group:
                for fault in self._faults:
                    await asyncio.sleep(max(0.0, fault.at - clock()))
                    group.create_task(self._suffer(fault, harms, scene, clock))
        finally:
            guard.cancel()
            self.failures.extend(harms.bad_exits)

    async def _guard(self, services: Services, harms: ReplicaHarms) -> None:
        while True:
            for one in services.replicas:
                if not one.runs and one.title not in harms.meant:
                    status = None if one.process is None else one.process.returncode
                    self.ended_alone.append(f"{one.title} with status {status}")
                    self._say(f"         {one.title} ended by itself with status {status}")
                    await services.run(one)
            await asyncio.sleep(GUARD_EVERY)

    async def _suffer(self, fault: Fault, harms: ReplicaHarms, scene: Scene, clock: Callable[[], float]) -> None:
        async with AsyncExitStack() as locks:
            # What is in trouble already is let be until it has recovered.
            for name in fault.concerned:
                await locks.enter_async_context(self._busy.setdefault(name, asyncio.Lock()))
            await asyncio.sleep(max(self._let_be_until.get(name, 0.0) for name in fault.concerned) - clock())
            began = clock()
            self._say(f"{began:6.1f} s  {fault.title}, for {fault.lasts:.1f} s")
            came = await self._make(fault, harms, scene)
            undone = clock()
            if not fault.service:
                # A server that takes a minute to come back would be down again at once, and nothing ever at work.
                self._let_be_until |= dict.fromkeys(fault.concerned, undone + undone - began - fault.lasts)
            recovered = await self._ready_again(fault, scene.services)
            after = clock() - undone
            self._say(f"{clock():6.1f} s  {fault.title}: {_ending(came, after if recovered else None)}")
            self.suffered.append(Suffered(fault, began, after if recovered else None, came))

    async def _ready_again(self, fault: Fault, services: Services) -> bool:
        """Who is in trouble of its own meanwhile is waited for by that, and nobody can be ready without the servers."""
        patience = Patience(RECOVERY, self._servers_are_there)
        for one in _concerned(fault, services):
            while one.title in fault.concerned or not self._busy.setdefault(one.title, asyncio.Lock()).locked():
                try:
                    await services.ready(one, within=LOOK)
                    break
                except NotReachable:
                    if not await patience.lasts():
                        return False
                    await asyncio.sleep(0.2)
        return True

    async def _servers_are_there(self) -> bool:
        return not self._servers_away

    async def _make(self, fault: Fault, harms: ReplicaHarms, scene: Scene) -> bool:
        if fault.harm is Harm.DESK:
            return await apply_again(scene)
        if fault.harm is Harm.EMPTY:
            self.failures.extend(await start_on_empty(scene, fault.service, len(self.suffered)))
            return True
        if fault.service:
            return await harms.suffer(fault)
        self._servers_away += 1
        try:
            return await servers.suffer(fault, scene)
        finally:
            self._servers_away -= 1


def _concerned(fault: Fault, services: Services) -> Sequence[Replica]:
    return services.of(fault.service)[fault.replica : fault.replica + 1] or services.replicas


def _ending(came: bool, after: float | None) -> str:  # noqa: FBT001
    if not came:
        return "its moment never came"
    return "not ready again" if after is None else f"ready again after {after:.1f} s"
