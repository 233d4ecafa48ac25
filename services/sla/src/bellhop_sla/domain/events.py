"""What does the sla service say? One event of one clock, with what the desk wants done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bellhop_sla.domain.clock import BREACH
from bellhop_sla.domain.desk_file import EscalationRow
from bellhop_sla.domain.published import Step, View, What


class Do(StrEnum):
    MOVE_UP = "move-up"
    RAISE_PRIORITY = "raise-priority"
    ALERT = "alert"
    TELL_CUSTOMER = "tell-customer"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Action:
    """`tier`: to which it moves up; `by`: how much the priority rises."""

    do: Do
    tier: int | None = None
    by: int | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """`corrects_back`: so many events of this conversation ago the one was said that this one takes back."""

    what: What
    conversation_id: UUID
    desk: str
    desk_version: int
    work_item_id: UUID
    cycle: int
    queue: str
    clock_id: UUID
    view: View
    threshold: int | None = None
    late: timedelta | None = None
    ready_at: datetime | None = None
    actions: tuple[Action, ...] = ()
    moved_because: str | None = None
    overrun: timedelta | None = None
    corrects_back: int | None = None


def actions_for(step: Step, rows: Iterable[EscalationRow]) -> tuple[Action, ...]:
    """Of the rows of the desk's escalation list that name this clock's warning or breach, in their order."""
    if step.what not in {What.WARNED, What.BREACHED}:
        return ()
    return tuple(_action(row) for row in rows if _matches(row, step))


_DONE_HERE = frozenset(Do)


def _matches(row: EscalationRow, step: Step) -> bool:
    causes = {f"sla.{step.view.metric}.{step.what}", f"sla.{step.what}"}
    return (
        row.cause in causes
        and row.do in _DONE_HERE
        and row.tier in {None, step.view.tier}
        and row.threshold in {None, step.threshold or BREACH}
    )


def _action(row: EscalationRow) -> Action:
    return Action(Do(row.do), row.to_tier, row.by, row.recipients)
