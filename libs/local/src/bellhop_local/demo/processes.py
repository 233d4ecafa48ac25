"""How are the four services run? As the processes that a container would run, on free ports, one or more of each."""

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2

from bellhop_common.errors import NotReachable
from bellhop_common.events.topics import SERVICES
from bellhop_local.demo.balancer import Balancers, Rotation
from bellhop_local.stack.ports import free_port
from bellhop_local.stack.processes import Command

READY_SECONDS: Final = 120.0
STOP_SECONDS: Final = 25.0
PROGRAM: Final = (sys.executable, "-m", "bellhop_common")
# It knows no authorities: nothing here is asked over TLS, and to read those of the machine takes 30 ms each time.
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(slots=True)
class Replica:
    """`process` is the one that runs now; `statuses` are the ends of those before that weren't killed."""

    name: str
    number: int
    port: int
    lmtp_port: int
    log: Path
    process: asyncio.subprocess.Process | None = None
    statuses: list[int] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.name}/{self.number}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self.process is not None:
            await self.process.wait()

    async def leave(self) -> int | None:
        """Politely; None if it had to be killed."""
        if self.process is None:
            return None
        self.send(signal.SIGTERM)
        try:
            status = await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            await self.kill()
            return None
        self.statuses.append(status)
        return status


class Services:
    """Ports are chosen before the start, so that services can be told of each other.

    With one replica of each, `ports` are its own. With more, a balancer listens there.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], replicas: int = 1) -> None:
        self._environment = {**os.environ, **environment}
        self._taken: set[int] = set()
        self.ports = {name: self._port() for name in (*SERVICES, "lmtp")}
        alone = replicas == 1
        self.replicas = [self._replica(folder, name, number, alone) for name in SERVICES for number in range(replicas)]
        self._balancers = None if alone else Balancers(self._rotations())

    def _replica(self, folder: Path, name: str, number: int, alone: bool) -> Replica:  # noqa: FBT001
        log = folder / (f"{name}.log" if alone else f"{name}-{number}.log")
        if alone:
            return Replica(name, number, self.ports[name], self.ports["lmtp"], log)
        return Replica(name, number, self._port(), self._port(), log)

    def _port(self) -> int:
        """Never one twice: nobody listens there yet, so that a chosen one still looks free."""
        port = free_port(frozenset(self._taken))
        self._taken.add(port)
        return port

    def _rotations(self) -> Sequence[Rotation]:
        doors = {name: {one.url: one.port for one in self.of(name)} for name in SERVICES}
        doors["lmtp"] = {one.url: one.lmtp_port for one in self.of("ingest")}
        return [Rotation(self.ports[name], backends) for name, backends in doors.items()]

    def of(self, name: str) -> list[Replica]:
        return [one for one in self.replicas if one.name == name]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    async def start(self) -> None:
        # First, before anybody else takes their ports.
        if self._balancers is not None:
            await self._balancers.start()
        for one in self.replicas:
            await self.run(one)
        await asyncio.gather(*(self.ready(one) for one in self.replicas))

    def beside(self, folder: Path, changed: Mapping[str, str]) -> "Services":
        """As many replicas again on other ports, with some settings changed; none is started."""
        folder.mkdir(parents=True, exist_ok=True)
        replicas = len(self.of(SERVICES[0]))
        return Services(folder, {**self._environment, **changed}, replicas)

    @property
    def environment(self) -> Mapping[str, str]:
        return self._environment

    async def run(self, one: Replica, program: Sequence[str] = PROGRAM) -> None:
        environment = {
            **self._environment,
            f"BELLHOP_{one.name.upper()}_PORT": str(one.port),
            "BELLHOP_INGEST_LMTP_PORT": str(one.lmtp_port),
        }
        command = Command((*program, "serve", one.name), signal.SIGTERM)
        with one.log.open("ab") as output:
            one.process = await asyncio.create_subprocess_exec(
                *command.launched(), env=environment, stdout=output, stderr=output
            )

    async def ready(self, one: Replica, within: float = READY_SECONDS) -> None:
        deadline = asyncio.get_running_loop().time() + within
        async with httpx2.AsyncClient(timeout=2, verify=NO_TLS) as client:
            while asyncio.get_running_loop().time() < deadline:
                if not one.runs:
                    raise NotReachable(one.title, one.url, f"it ended; its log is {one.log}:\n{_tail(one.log)}")
                if await _is_ready(client, one.url):
                    return
                await asyncio.sleep(0.1)
        raise NotReachable(one.title, one.url, f"not ready after {within:.0f} s; its log is {one.log}")

    async def is_ready(self, one: Replica) -> bool:
        async with httpx2.AsyncClient(timeout=2, verify=NO_TLS) as client:
            return await _is_ready(client, one.url)

    async def stop(self) -> dict[str, int | None]:
        """Politely; who doesn't leave in time is killed. The exit status of each that ran, None for the killed."""
        if self._balancers is not None:
            await self._balancers.stop()
        running = [one for one in self.replicas if one.process is not None]
        statuses = await asyncio.gather(*(one.leave() for one in running))
        for one in running:
            one.process = None
        return {one.title: status for one, status in zip(running, statuses, strict=True)}


async def _is_ready(client: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/ready")).is_success
    except httpx2.TransportError:
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])
