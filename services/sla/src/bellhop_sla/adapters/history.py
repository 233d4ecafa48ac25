"""When should a clock of a recorded history be due? From its desk file and its pauses, for the history checker."""

from datetime import datetime, timedelta

from pydantic import ValidationError

from bellhop_common.events.desks import DeskApplied
from bellhop_common.history.ports import ClockStory
from bellhop_sla.adapters.translate import calendar, policy
from bellhop_sla.domain.calendar import add, between
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.policy import Metric, Policy

FULL = 100


def due_at(story: ClockStory) -> datetime | None:
    """None for promises, which carry their own instant, and for a policy that the desk file doesn't have."""
    latest, started_at = story.latest, story.latest.instant("started_at")
    metric = latest.text("metric")
    if started_at is None or metric == Metric.PROMISED:
        return None
    try:
        desk = DeskApplied.model_validate(story.desk)
    except ValidationError:
        return None
    chosen = next((policy(one) for one in desk.sla if one.name == latest.text("policy")), None)
    target = None if chosen is None else chosen.target(Metric(metric), int(latest.number("tier")))
    if chosen is None or target is None:
        return None
    hours = _hours(desk, chosen, latest.text("queue"))
    return _due(hours, started_at, target.within * (story.threshold or FULL) / FULL, story.pauses)


def _hours(desk: DeskApplied, chosen: Policy, queue: str) -> Calendar | None:
    of_queue = next((one.calendar for one in desk.queues if one.name == queue), None)
    name = chosen.calendar or of_queue
    return next((calendar(one) for one in desk.calendars if one.name == name), None)


def _due(
    hours: Calendar | None,
    started_at: datetime,
    allowed: timedelta,
    pauses: tuple[tuple[datetime, datetime | None], ...],
) -> datetime:
    """A pause that goes on leaves the instant as it was when it began."""
    since, left = started_at, allowed
    for paused_at, resumed_at in pauses:
        if resumed_at is None:
            break
        ran = between(hours, since, paused_at) if paused_at > since else timedelta()
        if ran >= left:
            break
        since, left = max(since, resumed_at), left - ran
    return add(hours, since, left)
