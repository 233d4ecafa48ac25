"""How one server comes up on its folder, and how it goes: asked, killed, or found dead."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bellhop_common.errors import NotReachable
from bellhop_local.stack.failures import failed_to_start, read_from
from bellhop_local.stack.processes import Child, Command, is_gone

# A slow disk makes a broker that was killed take a minute: it writes two files anew for each of its partitions.
_START_PATIENCE = 120.0
_STOP_PATIENCE = 15.0
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """What is run, and how one knows that it is ready."""

    name: str
    title: str
    address: str
    command: Command
    answers: Callable[[], Awaitable[bool]]
    stop_signal: signal.Signals


@dataclass(slots=True)
class Server:
    """One server process at a time; `record` outlives us, so that a successor finds leftovers."""

    plan: ServerPlan
    log: Path
    record: Path
    _child: Child | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.is_alive() else None

    async def start(self) -> None:
        """Start and wait until it answers; a server that runs already is left alone."""
        if self.pid is not None:
            return
        written = self.log.stat().st_size if self.log.exists() else 0
        child = Child.start(self.plan.name, self.plan.command, self.log)
        self._child = child
        _remember(self.record, child.pid)
        await self._until_ready(child, written)

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop(self.plan.stop_signal, _STOP_PATIENCE)
        self._child = None
        self.record.unlink(missing_ok=True)

    def send(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.send(number)

    async def kill(self) -> None:
        if self._child is not None:
            await self._child.kill()
        self._child = None

    async def _until_ready(self, child: Child, written: int) -> None:
        deadline = asyncio.get_running_loop().time() + _START_PATIENCE
        while not await self.plan.answers():
            if not child.is_alive():
                output = read_from(self.log, written)
                raise failed_to_start(self.plan.title, self.plan.address, output)
            if asyncio.get_running_loop().time() > deadline:
                why = f"it did not answer within {_START_PATIENCE:.0f} s; see {self.log}"
                raise NotReachable(self.plan.title, self.plan.address, why)
            await asyncio.sleep(_POLL)


async def end_leftover(record: Path) -> None:
    """A server whose parent was killed is told so by the kernel; wait for it, then insist."""
    leftover = find_recorded(record)
    if leftover is None:
        return
    for insist_after in (_STOP_PATIENCE, 5.0):
        try:
            await asyncio.to_thread(leftover.wait, insist_after)
        except psutil.TimeoutExpired:
            leftover.kill()


def find_recorded(record: Path) -> psutil.Process | None:
    """The process in the record, unless it is gone or its number now belongs to another."""
    try:
        known = json.loads(record.read_text())
        process = psutil.Process(known["pid"])
        same = abs(process.create_time() - known["started"]) < 1
        return process if same and not is_gone(process) else None
    except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
        return None


def _remember(record: Path, pid: int) -> None:
    started = psutil.Process(pid).create_time()
    record.write_text(json.dumps({"pid": pid, "started": started}))
