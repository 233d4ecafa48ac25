"""What if somebody doesn't even speak HTTP? A line is closed or answered with 4xx, and the next caller is served."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from bellhop_local.fuzz.doors import Wrong, shown
from bellhop_local.fuzz.mutations import damaged, noise

GOOD: Final = b"POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nAccept: */*\r\n\r\n{}"
HEALTH: Final = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d\d\d) ")


@dataclass(frozen=True, slots=True)
class RawDoor:
    name: str
    port: int

    async def attack(self, chance: Random) -> Wrong | None:
        raw = noise(chance) if chance.random() < 0.3 else damaged(GOOD, chance)  # noqa: PLR2004 - mostly nearly right
        said = await self._say(raw)
        status = _STATUS.match(said)
        if not said or (status is not None and not status[1].startswith(b"5")):
            return None
        return Wrong(f"answered {said[:100]!r}", shown(raw))

    async def prove(self) -> Sequence[Wrong]:
        said = await self._say(HEALTH)
        return () if said.startswith(b"HTTP/1.1 200") else (Wrong(f"not alive: {said[:100]!r}", ""),)

    async def _say(self, raw: bytes) -> bytes:
        """What comes back until we have nothing more to say and the door has answered or hung up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(raw)
            writer.write_eof()
            return await reader.read(4_096)
        except ConnectionError:
            return b""
        finally:
            writer.close()
