"""How does a disk become full without filling anybody's? The stack lies on one of its own, which shrinks.

A file system in memory, seen by this process and its children only, and gone with them. Mounting one takes Linux, and
root or a user namespace; where neither is to be had, the disk can't be made full, and whoever asked is told.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL
from pathlib import Path
from typing import Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWUSER: Final = 0x10000000
MS_REMOUNT: Final = 0x20
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 0x40000
SIZE: Final = 2 * 1024**3
PAGE: Final = 4096
# Tried in turn, in bytes: whoever writes meanwhile is overtaken by one of these.
SLACK: Final = (0, *(2**power for power in range(12, 25)))
ROOM: Final = 64 * 1024**2


class InUse(Exception):
    """A file system can't be made smaller than what is in it."""


def own_disk(folder: Path) -> str:
    """Why not; empty once `folder` lies on a small disk. From then on this process has mounts of its own.

    Before any thread is started: one that runs already would not see it.
    """
    if sys.platform != "linux":
        return "only Linux lets a process have mounts of its own"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _leave_the_mounts_of_others()
        _mount("tmpfs", folder, "tmpfs", 0, f"size={SIZE},mode=0755")
    except OSError as error:
        return f"this machine doesn't let us mount anything: {error.strerror}"
    return ""


@contextmanager
def filled(folder: Path) -> Iterator[bool]:
    """False if `folder` doesn't lie on a disk of its own."""
    if not is_own(folder):
        yield False
        return
    _shrink(folder)
    try:
        yield True
    finally:
        _mount("tmpfs", folder, "tmpfs", MS_REMOUNT, f"size={SIZE}")


def is_own(folder: Path) -> bool:
    return folder.is_mount() and shutil.disk_usage(folder).total <= SIZE


def _shrink(folder: Path) -> None:
    """To what is used, and a little more where that has grown before the kernel looks."""
    for slack in SLACK:
        with suppress(InUse):
            _resize(folder, shutil.disk_usage(folder).used + slack)
            return
    _resize(folder, shutil.disk_usage(folder).used + ROOM)


def _resize(folder: Path, size: int) -> None:
    """Raises `InUse` where more is used already."""
    try:
        _mount("tmpfs", folder, "tmpfs", MS_REMOUNT, f"size={max(size, PAGE)}")
    except OSError as error:
        if error.errno == EINVAL:
            raise InUse from error
        raise


def _leave_the_mounts_of_others() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        _checked(_libc().unshare(CLONE_NEWNS))
    else:
        _checked(_libc().unshare(CLONE_NEWUSER | CLONE_NEWNS))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount("none", Path("/"), "", MS_REC | MS_PRIVATE, "")


def _mount(source: str, target: Path, kind: str, flags: int, options: str) -> None:
    words = (source.encode(), os.fsencode(target), kind.encode() or None)
    _checked(_libc().mount(*words, ctypes.c_ulong(flags), options.encode() or None))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
