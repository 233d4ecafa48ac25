"""What is said to a person when a folder can't be written or its disk is full."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bellhop_common.errors import Misuse

MOVE_HINT = "Put the stack's folder elsewhere with --data-dir DIR or BELLHOP_DATA_DIR=DIR."
MOVE_CACHE_HINT = "Put the cache elsewhere with XDG_CACHE_HOME=DIR."
NO_SPACE = "No space left on device"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNWRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR})


class DiskFull(Misuse):
    def __init__(self, folder: Path, needed: int, hint: str = MOVE_HINT) -> None:
        free = free_bytes(folder)
        super().__init__(
            f"The disk that holds {folder} is full: {_mebibytes(free)} free, "
            f"{_mebibytes(needed)} needed. Free some space. {hint}"
        )
        self.folder = folder


class Unwritable(Misuse):
    def __init__(self, folder: Path, why: str, hint: str = MOVE_HINT) -> None:
        super().__init__(f"{folder} can't be written: {why}. {hint}")
        self.folder = folder


@contextmanager
def explained(folder: Path, needed: int = 0, hint: str = MOVE_HINT) -> Iterator[None]:
    """Turn a failed write below `folder` into the sentence that says what to do about it."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(folder, needed, hint) from error
        if error.errno in _UNWRITABLE:
            raise Unwritable(Path(error.filename or folder), error.strerror or str(error), hint) from error
        raise


def require_space(folder: Path, needed: int, hint: str = MOVE_HINT) -> None:
    if free_bytes(folder) < needed:
        raise DiskFull(folder, needed, hint)


def free_bytes(folder: Path) -> int:
    """Free space where `folder` is, or would be once it is made."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
