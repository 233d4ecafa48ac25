"""What does the checker know of one record? Its place, its stamp and the fields that some rule reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

Fields = Mapping[str, object]
NO_FIELDS: Fields = {}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """`topic` is the catalogue's name, without the prefix."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset}"


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as the reader finds it. `topic` is the catalogue's name, without the prefix."""

    topic: str
    partition: int
    offset: int
    appended_at: datetime
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes | None

    def header(self, name: str) -> str | None:
        found = next((value for key, value in self.headers if key == name and value is not None), None)
        return None if found is None else found.decode("utf-8", "replace")


class HistoryRecord(NamedTuple):
    """A tuple, since millions are made: a tenth of the price of a frozen dataclass.

    `id` to `cause` are the envelope's and empty where it can't be read.
    `digest` covers what must be the same in every repeat (type, key, data), `raw` what a dead letter must keep
    (key, headers, value). `subject` and `reference` are what the record is about, see `about`.
    """

    topic: str
    partition: int
    offset: int
    appended_at: datetime
    key: str | None
    id: str = ""
    source: str = ""
    type: str = ""
    cause: str | None = None
    epoch: int | None = None
    sequence: int | None = None
    desk: str | None = None
    desk_version: int | None = None
    desk_seq: int | None = None
    ordinal: int | None = None
    subject: str | None = None
    reference: str | None = None
    digest: bytes = b""
    raw: bytes = b""
    body: Fields = NO_FIELDS

    @property
    def place(self) -> Place:
        return Place(self.topic, self.partition, self.offset)

    @property
    def at(self) -> datetime:
        """When it was decided, by the database's clock; without that when it was appended."""
        return instant(self.body, "at") or self.appended_at

    def text(self, name: str) -> str:
        return text(self.body, name)

    def number(self, name: str) -> float:
        return number(self.body, name) or 0

    def instant(self, name: str) -> datetime | None:
        return instant(self.body, name)

    def part(self, name: str) -> Fields:
        return part(self.body, name)

    def on(self, name: str) -> bool:
        return self.body.get(name) is True


def text(fields: Fields, name: str) -> str:
    """Empty where it is missing or no text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def number(fields: Fields, name: str) -> float | None:
    value = fields.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def part(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else NO_FIELDS


def names(fields: Fields, name: str) -> tuple[str, ...]:
    value = fields.get(name)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def instant(fields: Fields, name: str) -> datetime | None:
    """None where it is missing or no aware instant."""
    value = fields.get(name)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
