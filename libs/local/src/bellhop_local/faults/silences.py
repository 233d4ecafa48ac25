"""For how long was nothing heard of a conversation that somebody waited for? The longest, by conversation."""

from collections.abc import Iterator
from dataclasses import dataclass

from bellhop_local.demo.happenings import Happening
from bellhop_local.demo.tally import ENDS

BEGINNINGS = frozenset({"work.queued", "work.reopened"})


@dataclass(frozen=True, slots=True)
class Silence:
    """Between two events of one key, in seconds, while a work item was open."""

    key: str
    seconds: float
    after: str
    before: str


class Silences:
    def __init__(self) -> None:
        self._last: dict[str, Happening] = {}
        self._worst: dict[str, Silence] = {}

    def hear(self, one: Happening) -> None:
        if not one.type.startswith("work.") or one.topic != "work.v1":
            return
        last = self._last.pop(one.key, None)
        if last is not None:
            self._note(last, one)
        if one.type in BEGINNINGS or (last is not None and one.type not in ENDS):
            self._last[one.key] = one

    def _note(self, last: Happening, one: Happening) -> None:
        seconds = (one.appended_ms - last.appended_ms) / 1000
        if seconds > self._worst.get(one.key, Silence("", 0.0, "", "")).seconds:
            self._worst[one.key] = Silence(one.key, seconds, last.type, one.type)

    def worst(self, count: int = 5) -> Iterator[Silence]:
        yield from sorted(self._worst.values(), key=lambda silence: -silence.seconds)[:count]
