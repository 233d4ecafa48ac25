"""Who owns a stack's folder: the kernel knows, however its last owner ended."""

import fcntl
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bellhop_common.errors import Misuse


class FolderInUse(Misuse):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is in use by another stack that runs now.")


@dataclass(slots=True)
class FileLock:
    """A lock on a file; it ends with the process that took it, even by SIGKILL."""

    path: Path
    _descriptor: int | None = field(default=None, init=False)

    def take(self, *, shared: bool = False) -> bool:
        """Never waits: whether it was got."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None

    def __enter__(self) -> Self:
        if not self.take():
            raise FolderInUse(self.path.parent)
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether some process holds the lock now."""
    if not path.exists():
        return False
    probe = FileLock(path)
    if not probe.take(shared=True):
        return True
    probe.release()
    return False
