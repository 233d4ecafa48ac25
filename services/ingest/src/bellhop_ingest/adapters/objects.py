"""Where are attachments kept? In a folder, each under its SHA-256, written once and whole."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from bellhop_ingest.domain.arrival import Attachment


class ObjectFolder:
    """None keeps nothing; then an attachment's reference names it, and nobody can fetch it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    async def keep(self, attachments: Sequence[Attachment]) -> None:
        if self._folder is not None and attachments:
            await asyncio.to_thread(self._write, attachments)

    def path(self, sha256: str) -> Path | None:
        return None if self._folder is None else self._folder / sha256[:2] / sha256

    def _write(self, attachments: Sequence[Attachment]) -> None:
        for one in attachments:
            path = self.path(one.sha256)
            if path is None or path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(f".{uuid4().hex}.part")  # the same logo comes in two mails at once
            with unfinished.open("wb") as file:
                file.write(one.content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
