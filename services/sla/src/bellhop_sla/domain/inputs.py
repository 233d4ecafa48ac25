"""What is the sla service told? Facts about a work item, and the versions of a desk's file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, assert_never
from uuid import UUID

from bellhop_common.decision import Subject, TimerDue
from bellhop_sla.domain.desk_file import DeskVersion
from bellhop_sla.domain.facts import Fact
from bellhop_sla.domain.hours import Calendar


@dataclass(frozen=True, slots=True)
class Happened:
    """`work_item_id` is None for a call that is connected. `orders`: no fact before `fact.at` is missing now."""

    conversation_id: UUID
    desk: str
    fact: Fact
    work_item_id: UUID | None = None
    cycle: int = 1

    @property
    def orders(self) -> bool:
        return self.work_item_id is not None


@dataclass(frozen=True, slots=True)
class DeskFileApplied:
    desk: str
    version: DeskVersion
    calendars: tuple[Calendar, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskFileWithdrawn:
    desk: str
    version: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that no clock depends on; it still takes its place in its conversation's sequence."""

    conversation: str
    desk: str


Input: TypeAlias = Happened | DeskFileApplied | DeskFileWithdrawn | Ignored


def conversation_subject(conversation_id: UUID) -> Subject:
    return Subject("conversation", str(conversation_id))


def desk_file_subject(desk: str) -> Subject:
    return Subject("desk-file", desk)


def subject_of(given: Input) -> Subject:
    """What is held while an event of it waits."""
    match given:
        case Happened():
            return conversation_subject(given.conversation_id)
        case Ignored():
            return Subject("conversation", given.conversation)
        case DeskFileApplied() | DeskFileWithdrawn():
            return desk_file_subject(given.desk)
        case _:
            assert_never(given)


def desk_of(given: Input) -> str:
    """Desk files have none: in one transaction with work that came before them they could never get in."""
    return given.desk if isinstance(given, Happened | Ignored) else ""


def written_by(given: Input | TimerDue | object) -> Iterable[Subject]:
    """The documents that an input may change."""
    match given:
        case Happened():
            return (conversation_subject(given.conversation_id),)
        case DeskFileApplied() | DeskFileWithdrawn():
            return (desk_file_subject(given.desk),)
        case TimerDue():
            return (given.subject,)
        case _:
            return ()
