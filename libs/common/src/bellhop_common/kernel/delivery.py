"""What is handed to a handler, and what became of it? Records, deliveries and reports as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from bellhop_common.decision import MissingReference, Subject
from bellhop_common.events.envelope import Envelope, Stamp
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import Message

InputT = TypeVar("InputT")

RecordHeaders = tuple[tuple[str, bytes | None], ...]
Place = tuple[str, int]
RETRY: Final = ".retry"
LONGEST_OFFSET: Final = 18


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was first read; a replayed one keeps it."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record exactly as the topic holds it; `topic` carries its prefix."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: RecordHeaders
    appended_at: datetime

    @property
    def place(self) -> Place:
        return (self.topic, self.partition)

    def header(self, name: str) -> str | None:
        found = next((value for key, value in self.headers if key == name and value is not None), None)
        return None if found is None else found.decode("utf-8", "replace")

    @property
    def origin(self) -> Origin:
        """Of a replayed record the offset that its dead letter names; its topic and partition follow from its place."""
        if not self.topic.endswith(RETRY):
            return Origin(self.topic, self.partition, self.offset)
        topic, offset = self.topic.removesuffix(RETRY).rpartition(".")[0], self.header("dl_offset") or ""
        said = (self.header("dl_topic"), self.header("dl_partition")) == (topic, str(self.partition))
        known = said and offset.isdecimal() and len(offset) <= LONGEST_OFFSET
        return Origin(topic, self.partition, int(offset) if known else self.offset)


@dataclass(frozen=True, slots=True)
class Received:
    """A record that could be read. `body` is None for a deletion on a compacted topic."""

    topic: Topic
    envelope: Envelope
    key: str
    body: Message | None
    stamp: Stamp
    appended_at: datetime
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that nobody can read, ever; `detail` never shows its content."""

    error_class: str
    detail: str


@dataclass(frozen=True, slots=True)
class SequencePlace:
    """Where a record of a sequenced topic stands; `log_start` is the first offset its partition still holds."""

    topic: str
    key: str
    epoch: int
    sequence: int
    log_start: int = 0
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Parked:
    """Why a delivery waits in the database and since when; `attempts` counts a handler's own errors."""

    id: int
    reason: str
    attempts: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery(Generic[InputT]):
    """One input with its record. `identity` is what the inbox remembers; None where another order decides.

    `missing` says that not even its desk is known yet. `is_state`: of a compacted topic, whole and versioned.
    """

    input: InputT
    raw: RawRecord
    subject: Subject
    identity: UUID | None = None
    sequenced: SequencePlace | None = None
    cause: UUID | None = None
    parked: Parked | None = None
    missing: MissingReference | None = None
    traceparent: str | None = None
    is_state: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one desk's turn did with its deliveries."""

    applied: int = 0
    repeats: int = 0
    parked: int = 0
    dead: int = 0

    def __add__(self, other: "Report") -> "Report":
        return Report(
            self.applied + other.applied,
            self.repeats + other.repeats,
            self.parked + other.parked,
            self.dead + other.dead,
        )


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that is set aside for a person, with the reason; `poison` where nobody could read it."""

    raw: RawRecord
    error_class: str
    attempts: int = field(default=1)
    poison: Poison | None = None
