"""In which step of its life is a work item, and which steps may follow? The table that the item machine checks by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bellhop_common.history.records import HistoryRecord


class Step(StrEnum):
    """`RETURNED`: its assignment has ended, and what becomes of it isn't said yet. `UNKNOWN`: it began unseen."""

    UNSEEN = "not queued yet"
    REOPENED = "reopened"
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    RETURNED = "no longer assigned"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Move:
    """From which steps an event may come, and where it leads; `to` None: it stays."""

    from_steps: frozenset[Step]
    to: Step | None = None


@dataclass(slots=True)
class Item:
    """`offer` is the pending or just accepted one; `holders` the open assignments with their agents."""

    step: Step = Step.UNSEEN
    cycle: int | None = None
    offer: HistoryRecord | None = None
    ended_offers: set[str] = field(default_factory=set)
    holders: dict[str, str] = field(default_factory=dict)
    pended: set[str] = field(default_factory=set)
    aside: set[str] = field(default_factory=set)


def _move(*from_steps: Step, to: Step | None = None) -> Move:
    return Move(frozenset(from_steps), to)


_OPEN: Final = (Step.WAITING, Step.OFFERED, Step.ACCEPTED, Step.ASSIGNED, Step.RETURNED)
_BACK: Final = _move(Step.WAITING, Step.RETURNED, to=Step.WAITING)
_OVER: Final = _move(Step.WAITING, Step.ASSIGNED, Step.RETURNED, to=Step.ENDED)
_HELD: Final = _move(Step.ASSIGNED)
_ANSWERED: Final = _move(Step.OFFERED, to=Step.WAITING)
_AT_WORK: Final = _move(Step.ASSIGNED, Step.ENDED)

MOVES: Final[Mapping[str, Move]] = {
    "work.reopened": _move(Step.UNSEEN, to=Step.REOPENED),
    "work.queued": _move(Step.UNSEEN, Step.REOPENED, to=Step.WAITING),
    "work.offered": _move(Step.WAITING, to=Step.OFFERED),
    "work.offer-accepted": _move(Step.OFFERED, to=Step.ACCEPTED),
    "work.offer-declined": _ANSWERED,
    "work.offer-expired": _ANSWERED,
    "work.offer-rescinded": _ANSWERED,
    "work.assigned": _move(Step.WAITING, Step.ACCEPTED, to=Step.ASSIGNED),
    "work.assignment-ended": _AT_WORK,
    "work.wrap-up-started": _AT_WORK,
    "work.wrap-up-ended": _AT_WORK,
    "work.relaxed": _move(Step.WAITING),
    "work.overflowed": _move(Step.WAITING),
    "work.requeued": _BACK,
    "work.transferred": _BACK,
    "work.escalated": _BACK,
    "work.abandoned": _move(Step.WAITING, to=Step.ENDED),
    "work.resolved": _OVER,
    "work.merged": _OVER,
    "work.replied": _HELD,
    "work.noted": _HELD,
    "work.promised": _HELD,
    "work.consulted": _HELD,
    "work.pended": _HELD,
    "work.resumed": _HELD,
    "work.set-aside": _HELD,
    "work.continued": _HELD,
    "work.contact-added": _move(*_OPEN),
    "work.priority-set": _move(*_OPEN),
}
"""What isn't named here (flags, threats, kept promises, failed replies) may come at any time after it was queued."""

ELSEWHERE: Final = _move(*_OPEN, Step.ENDED)
