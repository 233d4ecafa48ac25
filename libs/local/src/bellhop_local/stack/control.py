"""How a stack that outlives the command is brought up, found again and taken down."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from bellhop_common.errors import BellhopError, NotReachable
from bellhop_local.stack.addresses import StackAddresses
from bellhop_local.stack.layout import StackFolder
from bellhop_local.stack.lock import FolderInUse, is_held, one_at_a_time, owner
from bellhop_local.stack.orders import ANSWER, ORDERS, Orders
from bellhop_local.stack.server import find_recorded
from bellhop_local.stack.state import Phase, live_state

_PROGRAM = "bellhop_local.stack.supervisor"
_START_PATIENCE = 150.0
_STOP_PATIENCE = 45.0
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Started:
    addresses: StackAddresses
    was_running: bool


class CouldNotStart(BellhopError):
    def __init__(self, reason: str, exit_status: int) -> None:
        super().__init__(reason)
        self.exit_status = exit_status


def bring_up(orders: Orders) -> Started:
    """The running stack of this folder, started if there is none. Blocks until it answers."""
    folder = StackFolder(orders.folder)
    folder.create()
    with one_at_a_time(folder.starting):
        running = _running(folder)
        if running is not None:
            return Started(running, was_running=True)
        _spawn(folder, orders)
        started = live_state(folder)
        if started is None:
            raise NotReachable("The stack", str(folder.root), "it ended as soon as it was up")
        return Started(started.addresses, was_running=False)


def take_down(folder: StackFolder, *, politely: bool = True) -> bool:
    """Whether there was anything to stop. When this returns, no process of the stack is left.

    A server that isn't stopped politely keeps what it acknowledged; Kafka with many topics is gone much sooner.
    """
    pid = owner(folder.lock)
    if pid is not None:
        if not _is_supervisor(pid):
            raise FolderInUse(folder.root, pid)
        _signal(pid, signal.SIGTERM if politely else signal.SIGKILL)
        if not _within(_STOP_PATIENCE, lambda: not is_held(folder.lock)):
            _signal(pid, signal.SIGKILL)
            _within(_STOP_PATIENCE, lambda: not is_held(folder.lock))
        _wait_for_end(pid)
    leftovers = _end_leftovers(folder)
    folder.state.unlink(missing_ok=True)
    return pid is not None or leftovers


def wipe(folder: StackFolder) -> None:
    """Take it down and remove what it made, and nothing else that lies in its folder."""
    take_down(folder)
    for path in folder.owned:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if folder.root.is_dir() and not any(folder.root.iterdir()):
        folder.root.rmdir()


def _running(folder: StackFolder) -> StackAddresses | None:
    """Wait for one that is just starting or stopping; somebody else's use of the folder is refused."""
    deadline = time.monotonic() + _START_PATIENCE
    while (pid := owner(folder.lock)) is not None:
        state = live_state(folder)
        if state is not None and state.phase is Phase.READY:
            return state.addresses
        if not _is_supervisor(pid) or time.monotonic() > deadline:
            raise FolderInUse(folder.root, pid)
        time.sleep(_POLL)
    return None


def _spawn(folder: StackFolder, orders: Orders) -> None:
    with folder.log("supervisor").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
    try:
        _await_answer(process, orders)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _await_answer(process: subprocess.Popen[bytes], orders: Orders) -> None:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("pipes were asked for")
    process.stdin.write(ORDERS.dump_json(orders))
    process.stdin.close()
    line = process.stdout.readline()
    process.stdout.close()
    if not line:
        log = StackFolder(orders.folder).log("supervisor")
        raise NotReachable("The stack", str(orders.folder), f"it was killed while starting; see {log}")
    answer = ANSWER.validate_json(line)
    if answer.error:
        process.wait()
        raise CouldNotStart(answer.error, answer.exit_status)


def _end_leftovers(folder: StackFolder) -> bool:
    """Servers whose supervisor was killed end by themselves; wait for them, then insist."""
    records = sorted(folder.servers.glob("*.json"))
    processes = [process for record in records if (process := find_recorded(record)) is not None]
    for process in processes:
        try:
            process.wait(_STOP_PATIENCE)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait()
    for record in records:
        record.unlink(missing_ok=True)
    return bool(processes)


def _is_supervisor(pid: int) -> bool:
    try:
        return _PROGRAM in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def _wait_for_end(pid: int) -> None:
    """The lock goes a moment before its process does."""
    try:
        psutil.Process(pid).wait(_STOP_PATIENCE)
    except psutil.Error:
        return


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _within(patience: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True
