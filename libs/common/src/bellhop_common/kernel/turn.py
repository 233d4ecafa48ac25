"""What becomes of each input of one desk, taken in order? Pure: no database, no clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from bellhop_common.decision import (
    Call,
    CallEnded,
    CancelTimer,
    Decision,
    MissingReference,
    SetTimer,
    Subject,
    TimerDue,
)
from bellhop_common.kernel.delivery import Delivery, Origin

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")
Decide: TypeAlias = Callable[
    [StateT, InputT | TimerDue | CallEnded, datetime], Decision[StateT, EventT] | MissingReference
]


class ParkReason(StrEnum):
    MISSING_REFERENCE = "missing-reference"
    HELD = "held"
    GAP = "gap"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Item(Generic[InputT]):
    """One thing to decide about; `delivery` where it came as a record."""

    input: InputT | TimerDue | CallEnded
    subject: Subject
    cause: UUID | None = None
    delivery: Delivery[InputT] | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Emitted(Generic[EventT]):
    event: EventT
    cause: UUID | None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Aside(Generic[InputT]):
    """A delivery that can't be handled now."""

    delivery: Delivery[InputT]
    reason: ParkReason
    missing: str | None = None


class NoDeskYet(Exception):
    """The desk that an input belongs to was never applied; the partition waits."""

    def __init__(self, desk: str) -> None:
        super().__init__(f"no desk file was applied yet for {desk}")
        self.desk = desk


class Unanswerable(Exception):
    """A timer, call or command refers to something that isn't there; nobody may wait for it."""

    def __init__(self, missing: MissingReference) -> None:
        super().__init__(f"{missing.kind} {missing.id} is not known")
        self.missing = missing


@dataclass(slots=True)
class Obstacles:
    """Which subjects are held, by which record, and which (subject, topic) already have parked records."""

    held: dict[Subject, Origin] = field(default_factory=dict)
    queued: set[tuple[Subject, str]] = field(default_factory=set)

    def blocks(self, delivery: Delivery[InputT]) -> bool:
        holder = self.held.get(delivery.subject)
        if holder is not None and holder != delivery.raw.origin:
            return True
        return holder is None and (delivery.subject, delivery.raw.topic) in self.queued


@dataclass(slots=True)
class Turn(Generic[StateT, InputT, EventT]):
    """Everything that one transaction will write."""

    state: StateT
    emitted: list[Emitted[EventT]] = field(default_factory=list)
    timers: list[SetTimer | CancelTimer] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    aside: list[Aside[InputT]] = field(default_factory=list)
    applied: list[Item[InputT]] = field(default_factory=list)

    def add(self, item: Item[InputT], decision: Decision[StateT, EventT]) -> None:
        self.state = decision.state
        self.emitted.extend(Emitted(event, item.cause, item.traceparent) for event in decision.events)
        self.timers.extend(decision.timers)
        self.calls.extend(decision.calls)
        self.applied.append(item)


def take_turn(
    turn: Turn[StateT, InputT, EventT],
    decide: Decide[StateT, InputT, EventT],
    items: Iterable[Item[InputT]],
    now: datetime,
    obstacles: Obstacles,
) -> Turn[StateT, InputT, EventT]:
    """A record behind a parked one of its subject and topic is parked behind it: order is kept."""
    for item in items:
        if item.delivery is not None and obstacles.blocks(item.delivery):
            _set_aside(turn, Aside(item.delivery, ParkReason.HELD), obstacles)
            continue
        missing = item.delivery.missing if item.delivery is not None else None
        result = missing or decide(turn.state, item.input, now)
        match result:
            case Decision():
                turn.add(item, result)
            case MissingReference(kind="desk"):
                raise NoDeskYet(result.id)
            case MissingReference() if item.delivery is not None:
                aside = Aside(item.delivery, ParkReason.MISSING_REFERENCE, f"{result.kind}/{result.id}")
                _set_aside(turn, aside, obstacles)
            case MissingReference():
                raise Unanswerable(result)
    return turn


def _set_aside(turn: Turn[StateT, InputT, EventT], aside: Aside[InputT], obstacles: Obstacles) -> None:
    turn.aside.append(aside)
    obstacles.queued.add((aside.delivery.subject, aside.delivery.raw.topic))
