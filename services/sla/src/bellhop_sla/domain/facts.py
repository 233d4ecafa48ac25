"""What happened to a work item that its clocks depend on, in which order of instants?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FactKind(StrEnum):
    """A reply is a fact only when it is public and by a person; nothing else stops a response clock."""

    QUEUED = "queued"
    ASSIGNED = "assigned"
    CONNECTED = "connected"
    REPLIED = "replied"
    REPLY_FAILED = "reply-failed"
    CUSTOMER_WROTE = "customer-wrote"
    PENDED = "pended"
    RESUMED = "resumed"
    REQUEUED = "requeued"
    RETARGETED = "retargeted"
    ESCALATED = "escalated"
    PROMISED = "promised"
    PROMISE_KEPT = "promise-kept"
    RESOLVED = "resolved"
    ABANDONED = "abandoned"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Customer:
    vip: bool = False
    segment: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a policy may ask about; `desk_version` is the desk file's version at that moment."""

    queue: str
    tier: int
    priority: int
    channel: str
    desk_version: int
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`ref` names the reply, promise or contact. `since_at`: the first contact; `by_at`: when a promise falls due.

    (`epoch`, `sequence`) is its place among the events of the conversation, and breaks ties of `at`.
    """

    kind: FactKind
    at: datetime
    epoch: int = 1
    sequence: int = 0
    context: Context | None = None
    ref: str = ""
    waiting_for: str = ""
    since_at: datetime | None = None
    by_at: datetime | None = None


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """By instant, whatever the order of arrival; queued is first, since clocks reach back before it."""
    return tuple(sorted(facts, key=place))


def place(fact: Fact) -> tuple[bool, datetime, int, int, str, str]:
    """No two facts of one work item have the same."""
    return (fact.kind != FactKind.QUEUED, fact.at, fact.epoch, fact.sequence, fact.kind, fact.ref)
