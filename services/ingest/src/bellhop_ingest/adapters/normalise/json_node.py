"""How is a provider's JSON read without trusting its shape? Every look-up answers; nothing here raises."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bellhop_ingest.adapters.normalise.texts import clean, identifier, short_text

_LAST_SECOND = 32_503_680_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value somewhere in a JSON body, or nothing."""

    value: object = None

    def __getitem__(self, name: str) -> "Node":
        return Node(self.value.get(name)) if isinstance(self.value, dict) else Node()

    def __contains__(self, name: object) -> bool:
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def __bool__(self) -> bool:
        return bool(self.value)

    def each(self) -> Iterator["Node"]:
        return (Node(one) for one in self.value) if isinstance(self.value, list) else iter(())

    def items(self) -> Iterator[tuple[str, "Node"]]:
        return ((clean(str(k)), Node(v)) for k, v in self.value.items()) if isinstance(self.value, dict) else iter(())

    def first(self) -> "Node":
        return next(self.each(), Node())

    def any_of(self, *names: str) -> "Node":
        """The first of these fields that holds something."""
        return next((self[name] for name in names if self[name]), Node())

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def text(self) -> str:
        """Strings and numbers as text, everything else as nothing."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            return ""
        return clean(str(self.value))

    @property
    def short(self) -> str | None:
        return short_text(self.text)

    @property
    def id(self) -> str:
        return identifier(self.text)

    @property
    def number(self) -> float | None:
        try:
            found = float(self.text)
        except ValueError:
            return None
        return found if abs(found) < _LAST_SECOND * 1_000 else None

    @property
    def count(self) -> int:
        """Of bytes, seconds or parts: whole, and never less than none."""
        return max(int(self.number or 0), 0)

    def instant(self, otherwise: datetime, unit: float = 1.0) -> datetime:
        """Seconds (`unit=1`) or milliseconds (`unit=0.001`) since 1970, or RFC 3339; never far in the future."""
        found = self._epoch(unit) or self._rfc3339()
        return otherwise if found is None or found.timestamp() > otherwise.timestamp() + 86_400 else found

    @property
    def said(self) -> str:
        """What was found here, short enough for an error message."""
        if self.value is None:
            return "nothing"
        if isinstance(self.value, dict | list):
            return "an object" if isinstance(self.value, dict) else "a list"
        return repr(clean(str(self.value))[:60])

    def _epoch(self, unit: float) -> datetime | None:
        seconds = (self.number or 0) * unit
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LAST_SECOND else None

    def _rfc3339(self) -> datetime | None:
        try:
            found = datetime.fromisoformat(self.text)
        except ValueError:
            return None
        if found.tzinfo is None:
            return None
        try:
            return found.astimezone(UTC)
        except OverflowError:
            return None
