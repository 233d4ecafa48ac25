"""Where are attachments kept? In a folder, each under its SHA-256, written once and whole."""

import asyncio
import errno
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from bellhop_ingest.domain.arrival import Attachment

# Longer than any write takes; what is older was left by a process that died.
ABANDONED: Final = timedelta(hours=1)
# A folder of its own, in which what was left is found without a look at all that is kept.
UNFINISHED: Final = "unfinished"


class ObjectFolder:
    """None keeps nothing; then an attachment's reference names it, and nobody can fetch it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    async def keep(self, attachments: Sequence[Attachment]) -> None:
        if self._folder is not None and attachments:
            await asyncio.to_thread(_write, self._folder, attachments)

    async def tidy(self) -> int:
        """How many pieces of what was never finished went."""
        return 0 if self._folder is None else await asyncio.to_thread(_sweep, self._folder / UNFINISHED)

    def path(self, sha256: str) -> Path | None:
        return None if self._folder is None else _place(self._folder, sha256)


def _place(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def _write(folder: Path, attachments: Sequence[Attachment]) -> None:
    placed = {_place(folder, one.sha256): one.content for one in attachments}
    for path, content in placed.items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(folder / UNFINISHED, path, content)
    # Also for what was there: who wrote it may not have come so far yet.
    for changed in [*{path.parent for path in placed}, folder]:
        _sync(changed)


def _write_whole(workshop: Path, path: Path, content: bytes) -> None:
    workshop.mkdir(exist_ok=True)
    unfinished = workshop / f"{path.name}.{uuid4().hex}"  # the same logo comes in two mails at once
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """A name is on the disk once its folder is. Some file systems can't be asked for that; they do it unasked."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(opened)


def _sweep(workshop: Path) -> int:
    if not workshop.is_dir():
        return 0
    oldest = time.time() - ABANDONED.total_seconds()
    return sum(_swept(one, oldest) for one in workshop.iterdir())


def _swept(unfinished: Path, oldest: float) -> bool:
    """Another replica may finish or sweep it at the same time."""
    with suppress(FileNotFoundError):
        if unfinished.stat().st_mtime < oldest:
            unfinished.unlink()
            return True
    return False
