"""Is this a bad deploy? Too many handler errors in a row, or too many among the last thousand events."""

from collections import deque
from dataclasses import dataclass, field

IN_A_ROW = 5
WINDOW = 1_000
IN_WINDOW = WINDOW // 100


class BreakerOpen(Exception):
    """The handler fails on too much: most likely a bad deploy. The process ends; nothing is lost."""


@dataclass(slots=True)
class Breaker:
    """Counts each event once, at its first try; what can't be read (poison) is never told to it."""

    in_a_row: int = 0
    seen: int = 0
    errors_at: deque[int] = field(default_factory=deque)

    def handled(self, count: int = 1) -> None:
        if count > 0:
            self.in_a_row = 0
            self._advance(count)

    def failed(self) -> None:
        self.in_a_row += 1
        self._advance(1)
        self.errors_at.append(self.seen)

    @property
    def is_open(self) -> bool:
        return self.in_a_row > IN_A_ROW or len(self.errors_at) > IN_WINDOW

    def _advance(self, count: int) -> None:
        self.seen += count
        while self.errors_at and self.errors_at[0] <= self.seen - WINDOW:
            self.errors_at.popleft()
