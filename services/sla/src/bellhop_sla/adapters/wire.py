"""How does a clock's event look on `sla.v1`?"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from bellhop_common.events import sla
from bellhop_common.events.topics import SLA
from bellhop_common.postgres.outbox import Outgoing
from bellhop_sla.domain.events import ClockEvent
from bellhop_sla.domain.published import What

MODELS: Mapping[What, type[sla.ClockEvent]] = {
    What.STARTED: sla.SlaClockStarted,
    What.PAUSED: sla.SlaClockPaused,
    What.RESUMED: sla.SlaClockResumed,
    What.MOVED: sla.SlaClockMoved,
    What.WARNED: sla.SlaClockWarned,
    What.BREACHED: sla.SlaClockBreached,
    What.MET: sla.SlaClockMet,
    What.CANCELLED: sla.SlaClockCancelled,
    What.CORRECTED: sla.SlaClockCorrected,
}
# The outbox puts the id in: only there the event's own place in the sequence is known.
_TO_BE_NAMED = UUID(int=0)
_MILLISECOND = timedelta(milliseconds=1)


def encode(event: ClockEvent, prefix: str) -> Outgoing:
    model = MODELS[event.what].model_validate(_fields(event))
    return Outgoing(
        topic=SLA.full(prefix),
        key=str(event.conversation_id),
        type=model.type_name,
        body=model.model_dump(mode="json", exclude_none=True),
        desk=event.desk,
        desk_version=event.desk_version,
        sequenced=True,
        earlier={} if event.corrects_back is None else {"corrects": event.corrects_back},
    )


def _fields(event: ClockEvent) -> dict[str, object]:
    view = event.view
    return {
        "clock_id": event.clock_id,
        "conversation_id": event.conversation_id,
        "work_item_id": event.work_item_id,
        "metric": view.metric,
        "cycle": event.cycle,
        "run": view.run,
        "tier": view.tier,
        "queue": event.queue,
        "policy": view.policy,
        "policy_version": view.policy_version,
        "calendar_version": view.calendar_version,
        "started_at": view.started_at,
        "due_at": view.due_at,
        "elapsed_seconds": view.elapsed.total_seconds(),
        "paused_seconds": view.paused.total_seconds(),
        "ready_at": event.ready_at,
        "late_ms": None if event.late is None else event.late // _MILLISECOND,
        "threshold": event.threshold,
        "actions": event.actions,
        "moved_because": event.moved_because,
        "overrun_seconds": None if event.overrun is None else event.overrun.total_seconds(),
        "corrects": _TO_BE_NAMED,
    }
