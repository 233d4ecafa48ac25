"""Which desks are left alone for a while, since something that only they need is away? Pure."""

from dataclasses import dataclass, field
from typing import Final

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0


@dataclass(slots=True)
class Rests:
    """Times are seconds of any one steady clock. Each failure in a row doubles a desk's pause."""

    _rests: dict[str, tuple[float, float]] = field(default_factory=dict)

    def is_resting(self, desk: str, now: float) -> bool:
        return self._rests.get(desk, (0.0, 0.0))[1] > now

    def failed(self, desk: str, now: float) -> None:
        before = self._rests.get(desk)
        pause = FIRST_PAUSE if before is None else min(before[0] * 2, LONGEST_PAUSE)
        self._rests[desk] = (pause, now + pause)

    def went_well(self, desk: str) -> None:
        self._rests.pop(desk, None)
