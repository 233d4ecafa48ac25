"""How are the four services run for the demo? As the processes that a container would run, on free ports."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from bellhop_common.errors import NotReachable
from bellhop_common.events.topics import SERVICES
from bellhop_local.stack.ports import free_port
from bellhop_local.stack.processes import Command

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 25.0


@dataclass(frozen=True, slots=True)
class Running:
    name: str
    process: asyncio.subprocess.Process
    url: str
    log: Path


class Services:
    """Ports are chosen before the start, so that services can be told of each other."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment}
        self.ports = {name: free_port() for name in (*SERVICES, "lmtp")}
        self.running: list[Running] = []

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    async def start(self) -> None:
        for name in SERVICES:
            self.running.append(await self._start(name))
        await asyncio.gather(*(self._ready(one) for one in self.running))

    async def _start(self, name: str) -> Running:
        log = self._folder / f"{name}.log"
        environment = {
            **self._environment,
            f"BELLHOP_{name.upper()}_PORT": str(self.ports[name]),
            "BELLHOP_INGEST_LMTP_PORT": str(self.ports["lmtp"]),
        }
        command = Command((sys.executable, "-m", "bellhop_common", "serve", name), signal.SIGTERM)
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command.launched(), env=environment, stdout=output, stderr=output
            )
        return Running(name, process, self.url(name), log)

    async def _ready(self, one: Running) -> None:
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        async with httpx2.AsyncClient(timeout=2) as client:
            while asyncio.get_running_loop().time() < deadline:
                if one.process.returncode is not None:
                    raise NotReachable(one.name, one.url, f"it ended; its log is {one.log}:\n{_tail(one.log)}")
                if await _is_ready(client, one.url):
                    return
                await asyncio.sleep(0.1)
        raise NotReachable(one.name, one.url, f"not ready after {READY_SECONDS:.0f} s; its log is {one.log}")

    async def stop(self) -> None:
        """Politely; who doesn't leave in time is killed."""
        for one in self.running:
            if one.process.returncode is None:
                one.process.send_signal(signal.SIGTERM)
        waiting = [asyncio.wait_for(one.process.wait(), STOP_SECONDS) for one in self.running]
        results = await asyncio.gather(*waiting, return_exceptions=True)
        for one, result in zip(self.running, results, strict=True):
            if isinstance(result, TimeoutError):
                one.process.kill()
                await one.process.wait()
        self.running.clear()


async def _is_ready(client: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/ready")).is_success
    except httpx2.TransportError:
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])
