"""What may a rule ask of a history? Ordered streams and a few look-ups; nothing is ever held whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bellhop_common.history.records import Fields, HistoryRecord, Place
from bellhop_common.history.verdicts import Verdict

ON_THEIR_WAY = timedelta(seconds=60)
"""What was appended so shortly before the reading may still be in somebody's hands, unless all is at rest."""


class Order(StrEnum):
    """`SEQUENCE` and `DESK` give first occurrences only; the others give repeats as well."""

    ID = "id"
    KEY = "key"
    PLACE = "place"
    SEQUENCE = "sequence"
    DESK = "desk"
    SUBJECT = "subject"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Selection:
    """Without `types` all of them; without `bodies` the records come with an empty body, and faster."""

    order: Order
    topics: tuple[str, ...]
    types: tuple[str, ...] = ()
    bodies: bool = True


@dataclass(frozen=True, slots=True)
class Extent:
    """How many partitions a topic has, and where the log of each begins."""

    partitions: int
    starts: Mapping[int, int] = field(default_factory=dict)

    def cut(self, partition: int) -> bool:
        return self.starts.get(partition, 0) > 0


@dataclass(frozen=True, slots=True)
class Facts:
    """`read_at` is when the ends of the logs were looked up."""

    prefix: str
    read_at: datetime
    extents: Mapping[str, Extent]
    at_rest: bool = False

    def cut(self, topic: str, partition: int) -> bool:
        extent = self.extents.get(topic)
        return extent is not None and extent.cut(partition)

    def any_cut(self, topic: str) -> bool:
        extent = self.extents.get(topic)
        return extent is not None and any(start > 0 for start in extent.starts.values())

    def settled_at(self) -> datetime:
        """What had to happen by this instant has happened, or never will."""
        return self.read_at if self.at_rest else self.read_at - ON_THEIR_WAY


class Listing(StrEnum):
    ACCEPTED = "accepted"
    SINK = "sink"
    POISON = "poison"


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a file that somebody outside kept: a provider reference, a Message-ID or a place."""

    reference: str
    detail: str = ""


class History(Protocol):
    @property
    def facts(self) -> Facts: ...

    def stream(self, selection: Selection) -> Iterator[HistoryRecord]: ...

    def with_id(self, event_id: str) -> HistoryRecord | None:
        """The first record of that id, dead-letter and retry topics aside."""
        ...

    def at_place(self, place: Place) -> HistoryRecord | None: ...

    def caused_by(self, event_id: str) -> Iterator[HistoryRecord]: ...

    def referring_to(self, reference: str) -> Iterator[HistoryRecord]: ...

    def listed(self, listing: Listing) -> Iterator[Listed] | None:
        """In the order of their references; None where the file wasn't given."""
        ...


@dataclass(frozen=True, slots=True)
class ClockStory:
    """Everything that a clock's due instant follows from.

    `desk` is the body of `desk.v1` under `calendar_version`, `latest` the event whose due instant is asked for,
    `threshold` the share that a warning is for, None for the breach.
    """

    started: HistoryRecord
    pauses: tuple[tuple[datetime, datetime | None], ...]
    desk: Fields
    latest: HistoryRecord
    threshold: int | None = None


class DueAt(Protocol):
    """When is this clock due? None where it can't be said from this story."""

    def __call__(self, story: ClockStory) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Leftover:
    """A row that should not be there once all is at rest."""

    table: str
    rows: int


@dataclass(frozen=True, slots=True)
class Outside:
    """What the topics can't tell. None: nobody looked."""

    due_at: DueAt | None = None
    leftovers: tuple[Leftover, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`needs` are the topics without which it has nothing to judge."""

    name: str
    needs: tuple[str, ...]
    check: Callable[[History, Outside], Iterator[Verdict]]
