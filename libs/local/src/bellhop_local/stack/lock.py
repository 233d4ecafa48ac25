"""Who owns a stack's folder: the kernel knows, however its last owner ended."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bellhop_common.errors import Misuse


class FolderInUse(Misuse):
    def __init__(self, folder: Path, pid: int | None = None) -> None:
        whose = f"process {pid}" if pid is not None else "another process"
        super().__init__(f"{folder} is in use by {whose}. End it, or name another folder with --data-dir.")


@dataclass(slots=True)
class FileLock:
    """A lock on a file; it ends with the process that took it, even by SIGKILL."""

    path: Path
    _descriptor: int | None = field(default=None, init=False)

    def take(self) -> bool:
        """Take it alone, leaving our process id in the file. Never waits: whether it was got."""
        if not self._flock(fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
        self.path.write_text(str(os.getpid()))
        return True

    def share(self) -> None:
        """Hold it together with others; waits while somebody holds it alone."""
        self._flock(fcntl.LOCK_SH)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None

    def _flock(self, kind: int) -> bool:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, kind)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait for everybody else who does the same."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def owner(path: Path) -> int | None:
    """The process that holds the lock alone now; what a dead one left in the file counts nothing."""
    if not is_held(path):
        return None
    written = path.read_text()
    return int(written) if written.isdigit() else None


def is_held(path: Path) -> bool:
    """Whether some process holds the lock alone now."""
    if not path.exists():
        return False
    with path.open("r") as probe:
        try:
            fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
