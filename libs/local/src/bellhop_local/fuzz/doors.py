"""What is a door to somebody who attacks it? Something that answers bad messages, and still takes good ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that nobody may get: what it was, and the beginning of what was sent."""

    what: str
    sent: str


class Door(Protocol):
    """Both may wait for an answer as long as they like: whoever calls them doesn't."""

    @property
    def name(self) -> str: ...

    async def attack(self, chance: Random) -> Wrong | None:
        """One bad message, the same for the same chance."""

    async def prove(self) -> Sequence[Wrong]:
        """A good message, and what else came to light meanwhile."""


def shown(sent: object) -> str:
    text = repr(sent)
    return text if len(text) <= 400 else f"{text[:300]} … {text[-90:]}"  # noqa: PLR2004 - what fits into a report
