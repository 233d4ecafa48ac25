"""How a stack outlives the command that started it: this process owns its servers until told.

It reads its orders as one JSON object on stdin, answers with one JSON line on stdout once the servers
are ready or could not start, and then keeps them running: a dead one is started again.
"""

import asyncio
import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bellhop_common.errors import BellhopError
from bellhop_local.stack.addresses import StackAddresses
from bellhop_local.stack.local_stack import LocalStack
from bellhop_local.stack.lock import FileLock
from bellhop_local.stack.orders import ANSWER, ORDERS, Answer, Orders
from bellhop_local.stack.processes import is_gone
from bellhop_local.stack.server import Server
from bellhop_local.stack.state import Phase, ServerState, StackState, write_state

_WATCH_EVERY = 0.2
_LONGEST_PAUSE = 30.0
_SUBREAPER = 36
_TOLD_BY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(slots=True)
class _Watched:
    """One server under watch; the pause between attempts doubles while it keeps failing."""

    server: Server
    restarts: int = 0
    trouble: str = ""
    pause: float = 0.0
    due_at: float = 0.0

    async def look(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.server.pid is not None or now < self.due_at:
            return
        _log(f"{self.server.plan.name} is dead; starting it again")
        self.restarts += 1
        try:
            await self.server.start()
            self.trouble, self.pause = "", 0.0
        except (BellhopError, OSError) as error:
            self.trouble = str(error)
            self.pause = min(max(1.0, self.pause * 2), _LONGEST_PAUSE)
            _log(self.trouble)
        self.due_at = asyncio.get_running_loop().time() + self.pause

    def state(self) -> ServerState:
        return ServerState(self.server.pid, self.restarts, self.trouble)


@dataclass(slots=True)
class _Report:
    """The state file, written when something has changed."""

    file: Path
    addresses: StackAddresses
    _last: StackState | None = field(default=None, init=False)

    def write(self, phase: Phase, watched: dict[str, _Watched]) -> None:
        servers = {name: one.state() for name, one in watched.items()}
        state = StackState(os.getpid(), phase, self.addresses, servers)
        if state == self._last:
            return
        try:
            write_state(self.file, state)
        except OSError as error:
            _log(f"the state can't be written: {error}")
        else:
            self._last = state


def main() -> None:
    orders = ORDERS.validate_json(sys.stdin.buffer.read())
    _adopt_orphans()
    try:
        asyncio.run(_until_told(orders))
    except BellhopError as error:
        _answer(Answer(str(error), error.exit_status))
        raise SystemExit(1) from None


async def _until_told(orders: Orders) -> None:
    loop = asyncio.get_running_loop()
    supervising = asyncio.ensure_future(_supervise(orders))

    def told() -> None:
        for number in _TOLD_BY:
            loop.add_signal_handler(number, lambda: None)
        supervising.cancel()

    for number in _TOLD_BY:
        loop.add_signal_handler(number, told)
    with suppress(asyncio.CancelledError):
        await supervising


async def _supervise(orders: Orders) -> None:
    async with LocalStack(orders.folder, orders.options()) as stack:
        watched = {name: _Watched(server) for name, server in stack.servers.items()}
        report = _Report(stack.folder.state, stack.addresses)
        report.write(Phase.READY, watched)
        _answer(Answer())
        try:
            await _watch(watched, report, FileLock(stack.folder.users) if orders.while_used else None)
        finally:
            report.write(Phase.STOPPING, watched)


async def _watch(watched: dict[str, _Watched], report: _Report, users: FileLock | None) -> None:
    """Return when the last user is gone, and hold new ones off until this process has ended."""
    while users is None or not users.take():
        report.write(Phase.READY, watched)
        await asyncio.gather(*(one.look() for one in watched.values()))
        report.write(Phase.READY, watched)
        _bury_orphans(frozenset(one.server.pid for one in watched.values()))
        await asyncio.sleep(_WATCH_EVERY)


def _adopt_orphans() -> None:
    """What a killed server leaves becomes our child; in a container nobody else may bury it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)


def _bury_orphans(own: frozenset[int | None]) -> None:
    for child in psutil.Process().children():
        if child.pid not in own and is_gone(child):
            with suppress(ChildProcessError):
                os.waitpid(child.pid, os.WNOHANG)


def _answer(answer: Answer) -> None:
    """Whoever asked may have left meanwhile."""
    with suppress(OSError):
        sys.stdout.buffer.write(ANSWER.dump_json(answer) + b"\n")
        sys.stdout.buffer.flush()
    with suppress(OSError):
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _log(line: str) -> None:
    """A full disk must not end the supervisor too."""
    with suppress(OSError):
        sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {line}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    main()
