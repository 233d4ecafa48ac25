"""How is a contestant run? As processes of its own that can be frozen while its work is put before it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import psutil
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from bellhop_local.stack.ports import free_port
from bellhop_local.stack.processes import Command
from bench.ground import Ground
from bench.hands import TESTS

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
LOOK_EVERY: Final = 0.1
LOG_TAIL: Final = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """`arguments` follow the interpreter; of a service the port is known, so that it can be asked whether it is ready.

    `group` is what its processes read as.
    """

    title: str
    arguments: tuple[str, ...]
    group: str
    service: str | None = None
    replicas: int = 1


def router(ground: Ground, replicas: int = 1) -> Entry:
    return service("router", ground, replicas)


def service(name: str, ground: Ground, replicas: int = 1) -> Entry:
    """Exactly as operators start it."""
    return Entry(name, ("-m", "bellhop_common", "serve", name), f"{ground.prefix}.{name}", name, replicas)


def by_hand(ground: Ground) -> Entry:
    return Entry("batch loop by hand", ("-m", "bench.baselines.batch"), f"{ground.prefix}.batch")


def per_message(ground: Ground) -> Entry:
    return Entry("FastStream per message", ("-m", "bench.baselines.per_message"), f"{ground.prefix}.per-message")


@dataclass(frozen=True, slots=True)
class Running:
    processes: "Sequence[subprocess.Popen[bytes]]"
    urls: Sequence[str]
    logs: Sequence[Path]

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> float:
        """The moment, in seconds since 1970."""
        at = time.time()
        self._send(signal.SIGCONT)
        return at

    def cpu_seconds(self) -> float:
        times = [psutil.Process(process.pid).cpu_times() for process in self.processes]
        return sum(one.user + one.system for one in times)

    def resident_megabytes(self) -> float:
        """Of the processes themselves, without children. A megabyte is 1,000,000 bytes."""
        return max(psutil.Process(process.pid).memory_info().rss for process in self.processes) / 1e6

    def require_alive(self) -> None:
        for process, log in zip(self.processes, self.logs, strict=True):
            if process.poll() is not None:
                last = log.read_text(errors="replace")[-LOG_TAIL:]
                raise RuntimeError(f"a contestant has ended with {process.returncode}:\n{last}")

    def _send(self, number: signal.Signals) -> None:
        for process in self.processes:
            process.send_signal(number)


@asynccontextmanager
async def running(
    entry: Entry, ground: Ground, folder: Path, more: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Yields when every process of it has joined the group."""
    logs = [folder / f"{ground.prefix}-{number}.log" for number in range(entry.replicas)]
    started = [_start(entry, ground, log, more or {}) for log in logs]
    found = Running([process for process, _ in started], [url for _, url in started], logs)
    try:
        async with asyncio.timeout(READY_SECONDS):
            await _until_ready(found, entry)
            await _until_joined(found, entry, ground)
        yield found
    finally:
        await asyncio.to_thread(_stop, found)


def _start(entry: Entry, ground: Ground, log: Path, more: Mapping[str, str]) -> "tuple[subprocess.Popen[bytes], str]":
    port = free_port()
    environment = {**os.environ, **ground.environment, "PYTHONPATH": str(TESTS), **more}
    if entry.service is not None:
        environment[f"BELLHOP_{entry.service.upper()}_PORT"] = str(port)
    command = Command((sys.executable, *entry.arguments), signal.SIGTERM)
    with log.open("wb") as output:
        process = subprocess.Popen(command.launched(), env=environment, stdout=output, stderr=output)  # noqa: S603 - our own
    return process, f"http://127.0.0.1:{port}"


async def _until_ready(found: Running, entry: Entry) -> None:
    async with httpx2.AsyncClient(timeout=2) as client:
        while entry.service is not None and not all([await _is_ready(client, url) for url in found.urls]):
            found.require_alive()
            await asyncio.sleep(LOOK_EVERY)


async def _is_ready(client: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/ready")).is_success
    except httpx2.TransportError:
        return False


async def _until_joined(found: Running, entry: Entry, ground: Ground) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=ground.bootstrap)
    await admin.start()
    try:
        while not await _has_joined(admin, entry):
            found.require_alive()
            await asyncio.sleep(LOOK_EVERY)
    finally:
        await admin.close()


async def _has_joined(admin: AIOKafkaAdminClient, entry: Entry) -> bool:
    try:
        answers = await admin.describe_consumer_groups([entry.group])
    except KafkaError:  # the first group of a new broker waits for its topic
        return False
    groups = [group for answer in answers for group in getattr(answer, "groups", ())]
    return any(group[2] == "Stable" and len(group[5]) == entry.replicas for group in groups)


def _stop(found: Running) -> None:
    """Politely, so that the group forgets it."""
    for process in found.processes:
        process.send_signal(signal.SIGCONT)
        process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in found.processes:
        try:
            process.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
