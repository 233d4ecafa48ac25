"""How does a test run one of the services as a process of its own, as `bellhop serve` does, and end it for certain?"""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bellhop_local.stack.ports import free_port
from support.waiting import until


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """`url` is where it serves HTTP."""

    process: "subprocess.Popen[bytes]"
    log: Path
    url: str
    settings: Mapping[str, str]

    def port(self, name: str) -> int:
        return int(self.settings[name])

    def said(self, action: str) -> list[Mapping[str, object]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("action") == action]

    async def ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"it ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
        try:
            async with httpx2.AsyncClient() as client:
                return (await client.get(f"{self.url}/health/ready")).status_code == 200
        except httpx2.TransportError:
            return False


# What `bellhop serve` does, without the other commands that it would load.
SERVE = """
import sys
from bellhop_common.commands import services
from bellhop_common.kernel.serving import serve
from bellhop_common.settings import load_settings
sys.exit(serve(services.load(sys.argv[1]), load_settings(sys.argv[1])))
"""


@asynccontextmanager
async def serving(name: str, folder: Path, settings: Mapping[str, str]) -> AsyncIterator[ServiceProcess]:
    """`settings` are environment variables without `BELLHOP_`. Yields once the process runs, ready or not."""
    port = free_port()
    known = {"SESSION_TIMEOUT": "1.5", **settings, f"{name.upper()}_PORT": str(port)}
    environment = {**os.environ, **{f"BELLHOP_{key}": value for key, value in known.items()}}
    log = folder / f"{name}-{port}.log"
    process = _start(name, log, environment)
    try:
        yield ServiceProcess(process, log, f"http://127.0.0.1:{port}", known)
    finally:
        process.kill()
        process.wait(5)


async def until_ready(service: ServiceProcess, within: float = 40.0) -> ServiceProcess:
    await until(service.ready, within)
    return service


def _start(name: str, log: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    with log.open("wb") as stream:
        command = [sys.executable, "-c", SERVE, name]
        return subprocess.Popen(command, env=environment, stdout=stream, stderr=stream)  # noqa: S603 - our own
