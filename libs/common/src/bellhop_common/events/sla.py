"""What happened to a clock? Started, paused, resumed, moved, warned, breached, met, cancelled, corrected."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from bellhop_common.events.wire import Instant, Message, Slug, Wire


class Metric(StrEnum):
    TIME_TO_ACCEPT = "time_to_accept"
    FIRST_RESPONSE = "first_response_time"
    NEXT_RESPONSE = "next_response_time"
    PERIODIC_UPDATE = "periodic_update_time"
    RESOLUTION = "resolution_time"
    REQUESTER_WAIT = "requester_wait_time"
    PROMISED = "promised_time"


class Action(Wire):
    do: Literal["move-up", "raise-priority", "alert", "tell-customer", "webhook"]
    tier: int | None = None
    by: int | None = None
    recipients: tuple[str, ...] = ()


class ClockEvent(Message):
    """`late_ms` counts from the later of `due_at` and `ready_at`, when the clock's inputs had been read."""

    clock_id: UUID
    conversation_id: UUID
    work_item_id: UUID
    metric: Metric
    cycle: int
    run: int
    tier: int
    queue: Slug
    policy: Slug
    policy_version: int
    calendar_version: int
    started_at: Instant
    due_at: Instant
    elapsed_seconds: float
    paused_seconds: float
    ready_at: Instant | None = None
    late_ms: int | None = None
    threshold: int | None = None
    actions: tuple[Action, ...] = ()


class SlaClockStarted(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-started"


class SlaClockPaused(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-paused"


class SlaClockResumed(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-resumed"


class SlaClockMoved(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-moved"
    moved_because: str


class SlaClockWarned(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-warned"


class SlaClockBreached(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-breached"


class SlaClockMet(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-met"
    overrun_seconds: float | None = None


class SlaClockCancelled(ClockEvent):
    type_name: ClassVar[str] = "sla.clock-cancelled"


class SlaClockCorrected(ClockEvent):
    """Names the event that late evidence shows to be wrong."""

    type_name: ClassVar[str] = "sla.clock-corrected"
    corrects: UUID
