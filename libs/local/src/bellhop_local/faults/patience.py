"""For how long is something waited for? Only the time counts in which it could have come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

# A broker with hundreds of partitions writes two files to the disk for each when it comes back: a slow disk takes a
# minute for them, in which nobody can do anything. Somebody who never can is still given up at last.
AT_LAST: Final = 4


class Patience:
    """`seconds` of those looks at which `could` said yes, or four times as many altogether."""

    def __init__(self, seconds: float, could: Callable[[], Awaitable[bool]]) -> None:
        self._left = seconds
        self._could = could
        self._looked = _now()
        self._until = self._looked + AT_LAST * seconds

    async def lasts(self) -> bool:
        """Asked again and again; the time since the question before counts if it could have come by now."""
        could, now = await self._could(), _now()
        if could:
            self._left -= now - self._looked
        self._looked = now
        return self._left > 0 and now < self._until


def _now() -> float:
    return asyncio.get_running_loop().time()
