"""How a server process is started, watched and ended so that none outlives its stack."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

import psutil

_LAUNCHER = Path(__file__).with_name("child.py")
_POLL = 0.02
_KILL_PATIENCE = 10.0
_LOG_LIMIT = 16 * 2**20


class Identity(StrEnum):
    """As whom a child runs; see child.py."""

    SAME = "same"
    NAMESPACE = "namespace"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run as our child. `last_words` is the signal it gets when we die."""

    arguments: tuple[str, ...]
    last_words: signal.Signals
    identity: Identity = Identity.SAME
    folder: Path = Path("/")

    def launched(self) -> list[str]:
        tie = (str(os.getpid()), str(int(self.last_words)), str(self.identity))
        return [sys.executable, "-I", "-S", str(_LAUNCHER), *tie, *self.arguments]


@dataclass(slots=True)
class Child:
    """A running server.

    Start it from a thread that lives as long as the server shall: the kernel counts the end of that
    thread as the death of the parent.
    """

    name: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, name: str, command: Command, log: Path) -> Self:
        _rotate(log)
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603
                command.launched(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment(),
                cwd=command.folder,
                start_new_session=True,
            )
        return cls(name, process)

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_alive(self) -> bool:
        return self.process.poll() is None

    async def stop(self, first: signal.Signals, patience: float) -> None:
        """Ask with `first`, and insist with SIGKILL after `patience` seconds."""
        if self.is_alive():
            self.process.send_signal(first)
        if not await self._ended_within(patience):
            await self.kill()

    async def kill(self) -> None:
        """SIGKILL the server and every process it made, and wait until they are gone."""
        family = _family(self.pid) if self.is_alive() else []
        for member in family:
            _signal(member, signal.SIGKILL)
        await _within(_KILL_PATIENCE, lambda: not self.is_alive())
        await _within(_KILL_PATIENCE, lambda: all(map(is_gone, family)))

    def send(self, number: signal.Signals) -> None:
        """To the server and every process it made."""
        for member in _family(self.pid):
            _signal(member, number)

    async def _ended_within(self, patience: float) -> bool:
        return await _within(patience, lambda: not self.is_alive())


def is_gone(process: psutil.Process) -> bool:
    """A zombie only waits for its parent to look at it: it holds no file, no port, no memory."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def environment() -> dict[str, str]:
    """What a server sees of ours: nothing that could change what it does."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def run(command: Command) -> subprocess.CompletedProcess[str]:
    """Run a short program of a server to its end."""
    return subprocess.run(  # noqa: S603
        command.launched(), capture_output=True, text=True, env=environment(), cwd=command.folder, check=False
    )


@cache
def ordinary_identity() -> Identity:
    """How to run something that refuses to be root."""
    if os.geteuid() != 0:
        return Identity.SAME
    probe = Command(("/bin/sh", "-c", "exit 0"), signal.SIGKILL, Identity.NAMESPACE)
    return Identity.NAMESPACE if run(probe).returncode == 0 else Identity.NOBODY


async def _within(patience: float, condition: Callable[[], bool]) -> bool:
    for _ in range(int(patience / _POLL)):
        if condition():
            return True
        await asyncio.sleep(_POLL)
    return condition()


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
