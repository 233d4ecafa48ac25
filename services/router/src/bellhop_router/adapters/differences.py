"""What would change between two desk files? Named entries are compared by name, not by place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

NAMES: Final = ("name", "key", "id", "tier", "source", "kind", "cause")


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` None: it is new; `after` None: it goes."""

    path: str
    before: object | None
    after: object | None

    def told(self) -> str:
        if self.before is None:
            return f"+ {self.path}: {self.after}"
        if self.after is None:
            return f"- {self.path}: {self.before}"
        return f"~ {self.path}: {self.before} -> {self.after}"


def differences(before: object, after: object, path: str = "") -> Iterator[Difference]:
    if before == after:
        return
    old, new = _named(before), _named(after)
    if old is None or new is None:
        yield Difference(path, before, after)
        return
    for name in [*old, *(each for each in new if each not in old)]:
        yield from differences(old.get(name), new.get(name), f"{path}.{name}" if path else name)
    if list(old) != list(new) and sorted(old) == sorted(new) and not isinstance(before, Mapping):
        yield Difference(f"{path} (order)", ", ".join(old), ", ".join(new))


def _named(value: object) -> dict[str, object] | None:
    """None for what has no parts with names."""
    if isinstance(value, Mapping):
        return {str(key): each for key, each in value.items()}
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    names = [_name(entry) for entry in value]
    if None in names or len(set(names)) < len(names):
        return None
    return {str(name): entry for name, entry in zip(names, value, strict=True)}


def _name(entry: object) -> str | None:
    if not isinstance(entry, Mapping):
        return None
    return next((str(entry[name]) for name in NAMES if name in entry), None)
