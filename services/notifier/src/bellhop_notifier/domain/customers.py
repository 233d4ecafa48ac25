"""What must the notifier know of a customer? How to reach and whether to greet them, and which greetings they had."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Handle:
    kind: str
    value: str
    verified: bool = False
    state: Literal["good", "bouncing", "dead"] = "good"


@dataclass(frozen=True, slots=True)
class Occasion:
    kind: str
    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """As `customer.state` tells it; `status` may be `merged` or `erased`."""

    status: Literal["active", "merged", "erased"] = "active"
    merged_into: UUID | None = None
    name: str | None = None
    preferred_name: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    handles: tuple[Handle, ...] = ()
    flags: frozenset[str] = frozenset()
    consents: frozenset[str] = frozenset()
    occasions: tuple[Occasion, ...] = ()
    do_not_contact: bool = False
    deceased: bool = False

    def opted_out(self, class_: str) -> bool:
        return opt_out_flag(class_) in self.flags


def opt_out_flag(class_: str) -> str:
    """How an objection to a class of notices is kept with the customer."""
    return f"no-{class_}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A greeting that a timer stands for; `due_at` is the timer's."""

    occasion: str
    year: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """`greeted` outlives everything else. `waiting` are greetings that open conversations hold up, until `due_at`."""

    customer_id: UUID
    version: int = 0
    profile: Profile = Profile()
    desk: str | None = None
    open_conversations: frozenset[UUID] = frozenset()
    threats: frozenset[UUID] = frozenset()
    opted_out: frozenset[str] = frozenset()
    greeted: frozenset[tuple[str, int]] = frozenset()
    planned: tuple[Planned, ...] = ()
    waiting: tuple[Planned, ...] = ()

    @property
    def display_name(self) -> str:
        return self.profile.preferred_name or self.profile.name or ""

    def opened(self, conversation_id: UUID, desk: str) -> "Customer":
        return replace(self, desk=desk, open_conversations=self.open_conversations | {conversation_id})

    def closed(self, conversation_id: UUID) -> "Customer":
        return replace(self, open_conversations=self.open_conversations - {conversation_id})

    def absorbing(self, other: "Customer") -> "Customer":
        """One person was two records: whatever either was greeted for or objected to counts."""
        return replace(
            self,
            greeted=self.greeted | other.greeted,
            opted_out=self.opted_out | other.opted_out,
            threats=self.threats | other.threats,
            open_conversations=self.open_conversations | other.open_conversations,
        )
