"""How is a fault made and undone? On running processes and servers, with the time that recovery took."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bellhop_common.errors import NotReachable
from bellhop_local.demo.processes import Replica, Services
from bellhop_local.demo.setting import Scene
from bellhop_local.faults.schedule import Fault, Harm

RECOVERY: Final = 60.0
GUARD_EVERY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Suffered:
    """`recovered_after` seconds after the fault was undone everything concerned was ready; None: never."""

    fault: Fault
    at: float
    recovered_after: float | None


class Trouble:
    """`suffered` in the order of recovery; `ended_alone` are replicas that ended without having been told to.

    Such a one is started again, as by anything that runs containers.
    """

    def __init__(self, faults: Sequence[Fault], say: Callable[[str], None]) -> None:
        self._faults = faults
        self._say = say
        self._meant: set[str] = set()
        self._busy: dict[str, asyncio.Lock] = {}
        self.suffered: list[Suffered] = []
        self.ended_alone: list[str] = []
        self.bad_exits: list[str] = []

    async def run(self, scene: Scene, clock: Callable[[], float]) -> None:
        guard = asyncio.create_task(self._guard(scene.services), name="guard")
        try:
            async with asyncio.TaskGroup() as group:
                for fault in self._faults:
                    await asyncio.sleep(max(0.0, fault.at - clock()))
                    group.create_task(self._suffer(fault, scene, clock))
        finally:
            guard.cancel()

    async def _guard(self, services: Services) -> None:
        while True:
            for one in services.replicas:
                if not one.runs and one.title not in self._meant:
                    status = None if one.process is None else one.process.returncode
                    self.ended_alone.append(f"{one.title} with status {status}")
                    self._say(f"         {one.title} ended by itself with status {status}")
                    await services.run(one)
            await asyncio.sleep(GUARD_EVERY)

    async def _suffer(self, fault: Fault, scene: Scene, clock: Callable[[], float]) -> None:
        # What is in trouble already is let be until it has recovered.
        async with self._busy.setdefault(_concerned(fault), asyncio.Lock()):
            began = clock()
            self._say(f"{began:6.1f} s  {fault.title}, for {fault.lasts:.1f} s")
            await (self._replica(fault, scene.services) if fault.service else _server(fault, scene))
            undone = clock()
            concerned = scene.services.of(fault.service)[fault.replica : fault.replica + 1] or scene.services.replicas
            recovered = await _ready_again(scene.services, concerned)
            self.suffered.append(Suffered(fault, began, clock() - undone if recovered else None))

    async def _replica(self, fault: Fault, services: Services) -> None:
        one = services.of(fault.service)[fault.replica]
        if fault.harm is Harm.FREEZE:
            one.send(signal.SIGSTOP)
            await asyncio.sleep(fault.lasts)
            one.send(signal.SIGCONT)
            return
        async with self._gone(one):
            if fault.harm is Harm.KILL:
                await one.kill()
            elif (status := await one.leave()) != 0:
                self.bad_exits.append(f"{one.title} left with status {status}")
            await asyncio.sleep(fault.lasts)
            await services.run(one)

    @asynccontextmanager
    async def _gone(self, one: Replica) -> AsyncIterator[None]:
        self._meant.add(one.title)
        try:
            yield
        finally:
            self._meant.discard(one.title)


def _concerned(fault: Fault) -> str:
    if fault.service:
        return f"{fault.service}/{fault.replica}"
    return "kafka" if fault.harm in {Harm.KAFKA, Harm.KAFKA_FROZEN} else "postgres"


async def _server(fault: Fault, scene: Scene) -> None:
    stack = scene.stack
    name = _concerned(fault)
    if fault.harm in {Harm.KAFKA_FROZEN, Harm.POSTGRES_FROZEN}:
        stack.freeze(name)
        await asyncio.sleep(fault.lasts)
        stack.thaw(name)
    elif fault.harm is Harm.KAFKA:
        await stack.kill_kafka()
        await asyncio.sleep(fault.lasts)
        await stack.start_kafka()
    else:
        await stack.kill_postgres()
        await asyncio.sleep(fault.lasts)
        await stack.start_postgres()


async def _ready_again(services: Services, concerned: Sequence[Replica]) -> bool:
    """Others may be killed meanwhile, and are waited for by their own faults."""
    deadline = asyncio.get_running_loop().time() + RECOVERY
    for one in concerned:
        while True:
            left = deadline - asyncio.get_running_loop().time()
            try:
                await services.ready(one, within=max(0.0, left))
                break
            except NotReachable:
                if left <= 0:
                    return False
                await asyncio.sleep(0.2)
    return True
