"""What may a handler decide? A new state, events, timers and calls to the outside, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Generic, TypeVar
from uuid import UUID

StateT = TypeVar("StateT")
EventT_co = TypeVar("EventT_co", covariant=True)


class LockRank(IntEnum):
    """The one global order in which rows are locked; equal ranks by kind, then id."""

    DESK = 0
    CUSTOMER = 1
    CONVERSATION = 2
    AGENT = 3
    OTHER = 4


RANKS: Mapping[str, LockRank] = {
    "desk": LockRank.DESK,
    "customer": LockRank.CUSTOMER,
    "conversation": LockRank.CONVERSATION,
    "agent": LockRank.AGENT,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that has state, is locked as a whole, and may have timers."""

    kind: str
    id: str

    @property
    def lock_order(self) -> tuple[int, str, str]:
        return (RANKS.get(self.kind, LockRank.OTHER), self.kind, self.id)


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake `subject` at `due_at`; replaces the timer of the same kind and subject."""

    kind: str
    subject: Subject
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CancelTimer:
    kind: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer fires. `ready_at`: when its inputs had been read; `stalled`: whether our own lag overlapped its life.

    `known_until`, not before `due_at`: up to where its inputs were read. Of what came after it nothing may be said yet.
    """

    kind: str
    subject: Subject
    due_at: datetime
    ready_at: datetime
    known_until: datetime
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Ask something of the outside world once; the answer comes back as a `CallEnded`.

    `lease` in seconds must exceed the provider's time-out. `repeat_in_doubt` says whether a call
    whose outcome nobody knows is made again (acknowledgements, replies) or given up (greetings).
    """

    call_id: UUID
    kind: str
    subject: Subject
    body: Mapping[str, object] = field(default_factory=dict)
    lease_seconds: float = 30.0
    repeat_in_doubt: bool = True


class CallOutcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in-doubt"


@dataclass(frozen=True, slots=True)
class CallEnded:
    """`in_doubt` is true where an earlier attempt's outcome is unknown and this one was sent again."""

    call_id: UUID
    kind: str
    subject: Subject
    outcome: CallOutcome
    attempt: int = 1
    in_doubt: bool = False
    error_class: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision(Generic[StateT, EventT_co]):
    """Everything that one event changes. `state` is the whole new state, never a mutated old one."""

    state: StateT
    events: tuple[EventT_co, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingReference:
    """The event names something that hasn't arrived; it is tried again for thirty seconds."""

    kind: str
    id: str
