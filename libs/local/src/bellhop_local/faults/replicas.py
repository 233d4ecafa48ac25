"""How is a fault made to one replica, and undone?"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from bellhop_common.errors import NotReachable
from bellhop_local.demo.processes import Replica
from bellhop_local.demo.setting import Scene
from bellhop_local.faults.harms import Harm
from bellhop_local.faults.moments import PATIENCE, Inside, frozen_inside, reached_in_mail
from bellhop_local.faults.patience import Patience
from bellhop_local.faults.schedule import Fault
from bellhop_local.sink.mail import Point

HOUR: Final = 3600.0
INSIDE: Final = {Harm.IN_TRANSACTION: Inside.TRANSACTION, Harm.IN_SEND: Inside.SEND}


class ReplicaHarms:
    """`meant` are the titles of replicas that are away on purpose; `bad_exits` what a polite stop should not say."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.meant: set[str] = set()
        self.bad_exits: list[str] = []

    async def suffer(self, fault: Fault) -> bool:
        """False if the moment for it never came."""
        one = self._scene.services.of(fault.service)[fault.replica]
        match fault.harm:
            case Harm.KILL:
                await self._killed(one, fault.lasts)
            case Harm.ASK:
                await self._asked(one, fault.lasts)
            case Harm.FREEZE:
                with _stopped(one):
                    one.send(signal.SIGSTOP)
                    await asyncio.sleep(fault.lasts)
            case Harm.IN_TRANSACTION | Harm.IN_SEND:
                return await self._frozen_inside(one, fault)
            case Harm.IN_MAIL:
                return await self._frozen_in_mail(one, fault.lasts)
            case Harm.KILL_IN_MAIL:
                return await self._killed_in_mail(one, fault.lasts)
            case _:
                # Ahead as often as behind.
                await self._misled(one, fault, HOUR if int(fault.at * 100) % 2 else -HOUR)
        return True

    async def _killed(self, one: Replica, lasts: float) -> None:
        async with self._gone(one):
            await one.kill()
            await asyncio.sleep(lasts)
            await self._scene.services.run(one)

    async def _asked(self, one: Replica, lasts: float) -> None:
        async with self._gone(one):
            await self._leave(one)
            await asyncio.sleep(lasts)
            await self._scene.services.run(one)

    async def _misled(self, one: Replica, fault: Fault, seconds: float) -> None:
        services = self._scene.services
        async with self._gone(one):
            await self._leave(one)
            await services.run(one, (sys.executable, "-m", "bellhop_local.faults.shifted", str(seconds)))
        try:
            await services.ready(one)
        except NotReachable as error:
            self.bad_exits.append(str(error))
        await asyncio.sleep(fault.lasts)
        await self._asked(one, 0.0)

    async def _frozen_inside(self, one: Replica, fault: Fault) -> bool:
        with _stopped(one):
            if not await frozen_inside(one, self._scene.postgres_dsn, INSIDE[fault.harm], self._while_ready(one)):
                return False
            await asyncio.sleep(fault.lasts)
        return True

    async def _frozen_in_mail(self, one: Replica, lasts: float) -> bool:
        """Nothing is handed over yet: another sends this mail when the lease is over, and the frozen one on waking."""
        with _stopped(one):
            stop = _sending(one, signal.SIGSTOP)
            if not await reached_in_mail(one, self._scene.sink, Point.BEGUN, stop, self._while_ready(one)):
                return False
            await asyncio.sleep(lasts)
        return True

    async def _killed_in_mail(self, one: Replica, lasts: float) -> bool:
        """The mail has arrived, and nobody knows it any more."""
        async with self._gone(one):
            kill = _sending(one, signal.SIGKILL)
            if not await reached_in_mail(one, self._scene.sink, Point.KEPT, kill, self._while_ready(one)):
                return False
            await one.kill()
            await asyncio.sleep(lasts)
            await self._scene.services.run(one)
        return True

    def _while_ready(self, one: Replica) -> Patience:
        return Patience(PATIENCE, lambda: self._scene.services.is_ready(one))

    async def _leave(self, one: Replica) -> None:
        if (status := await one.leave()) != 0:
            self.bad_exits.append(f"{one.title} left with status {status}")

    @asynccontextmanager
    async def _gone(self, one: Replica) -> AsyncIterator[None]:
        self.meant.add(one.title)
        try:
            yield
        finally:
            self.meant.discard(one.title)


@contextmanager
def _stopped(one: Replica) -> Iterator[None]:
    """Whatever happens, it goes on afterwards."""
    try:
        yield
    finally:
        one.send(signal.SIGCONT)


def _sending(one: Replica, number: signal.Signals) -> Callable[[], None]:
    return lambda: one.send(number)
