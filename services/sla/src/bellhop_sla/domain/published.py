"""What has been said of a clock, what must be said now, and which earlier word was wrong?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bellhop_sla.domain.clock import BREACH, Clock, Crossing
from bellhop_sla.domain.runs import Outcome


class What(StrEnum):
    """In the order in which they are said where they happen at one instant."""

    STARTED = "started"
    CORRECTED = "corrected"
    WARNED = "warned"
    BREACHED = "breached"
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class View:
    """A clock as an event shows it."""

    metric: str
    run: int
    tier: int
    policy: str
    policy_version: int
    calendar_version: int
    started_at: datetime
    due_at: datetime
    elapsed: timedelta = timedelta()
    paused: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Said:
    """`number` counts the events of the conversation: it is how a correction names this one."""

    what: What
    at: datetime
    number: int
    threshold: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """`said` holds the warnings, the breach and the end that stand uncorrected."""

    clock_id: UUID
    view: View
    paused: bool = False
    said: tuple[Said, ...] = ()

    @property
    def end(self) -> Said | None:
        return next((one for one in self.said if one.what in {What.MET, What.CANCELLED}), None)

    @property
    def crossed(self) -> dict[int, Said]:
        return {one.threshold: one for one in self.said if one.threshold is not None}


@dataclass(frozen=True, slots=True)
class Step:
    """One event to be. `at` is the instant at which it happened, not that of saying it."""

    clock_id: UUID
    what: What
    at: datetime
    view: View
    threshold: int | None = None
    corrects: int | None = None
    because: str | None = None
    overrun: timedelta | None = None


def view_of(clock: Clock, at: datetime) -> View:
    run, terms = clock.run, clock.terms
    return View(
        metric=run.metric,
        run=run.number,
        tier=run.tier,
        policy=terms.policy,
        policy_version=terms.policy_version,
        calendar_version=terms.calendar_version,
        started_at=run.started_at,
        due_at=clock.due_at,
        elapsed=clock.elapsed(at),
        paused=clock.paused(at),
    )


def steps(clock_id: UUID, clock: Clock | None, published: Published | None, until: datetime) -> list[Step]:
    """What must be said of one clock, in order. Everything that happened up to `until` is known."""
    if clock is None:
        return _vanished(published) if published is not None else []
    wrong = _wrong(clock, published, until) if published is not None else []
    found = [_correction(clock_id, clock, one) for one in wrong]
    standing = _without(published, wrong) if published is not None else None
    if standing is None:
        found.append(Step(clock_id, What.STARTED, clock.run.started_at, view_of(clock, clock.run.started_at)))
        standing = Published(clock_id, found[-1].view)
    if standing.end is not None:
        return found
    progress = _progress(clock, standing, until)
    for step in progress:
        standing = after(standing, step, 0)
    return [*found, *progress, *_end(clock, standing)]


def after(published: Published | None, step: Step, number: int) -> Published:
    """What has been said once `step` is said as the conversation's event of that number."""
    before = published or Published(step.clock_id, step.view)
    said = before.said
    match step.what:
        case What.CORRECTED:
            said = tuple(one for one in said if one.number != step.corrects)
        case What.WARNED | What.BREACHED | What.MET | What.CANCELLED:
            said = (*said, Said(step.what, step.at, number, step.threshold))
        case _:
            pass
    paused = {What.PAUSED: True, What.RESUMED: False}.get(step.what, before.paused)
    return replace(before, view=step.view, paused=paused, said=said)


def _vanished(published: Published) -> list[Step]:
    """Late evidence shows that there was no such clock."""
    end = published.end
    if end is not None and end.what is What.CANCELLED:
        return []
    start, view = published.view.started_at, published.view
    undone = [Step(published.clock_id, What.CORRECTED, start, view, corrects=one.number) for one in published.said]
    resumed = [Step(published.clock_id, What.RESUMED, start, view)] if published.paused else []
    return [*undone, *resumed, Step(published.clock_id, What.CANCELLED, start, view)]


def _wrong(clock: Clock, published: Published, until: datetime) -> list[Said]:
    crossings = {one.threshold: one.at for one in clock.crossings}
    unsaid_breach = BREACH in crossings and BREACH not in published.crossed and published.end is not None
    return [
        one
        for one in published.said
        if not _stands(one, clock, crossings, until) or (unsaid_breach and one.threshold is None)
    ]


def _stands(said: Said, clock: Clock, crossings: dict[int, datetime], until: datetime) -> bool:
    if said.threshold is None:
        return said.at == clock.run.ended_at and said.what.value == clock.run.outcome
    crossed_at = crossings.get(said.threshold)
    # A share that was crossed at another instant than was said was crossed all the same.
    return crossed_at is not None and (clock.run.ended_at is not None or crossed_at <= max(said.at, until))


def _correction(clock_id: UUID, clock: Clock, said: Said) -> Step:
    return Step(clock_id, What.CORRECTED, said.at, view_of(clock, said.at), said.threshold, corrects=said.number)


def _without(published: Published, wrong: Iterable[Said]) -> Published:
    gone = {one.number for one in wrong}
    return replace(published, said=tuple(one for one in published.said if one.number not in gone))


def _progress(clock: Clock, published: Published, until: datetime) -> list[Step]:
    """After the breach nothing but the end is said. A pause is evidence of everything before it."""
    if BREACH in published.crossed:
        return []
    changes = _changes(clock, published)
    known_until = max([until, *(step.at for step in changes if step.what is not What.MOVED)])
    due = _due(clock, published, known_until)
    if not due:
        return changes
    resumed = _resumed_before(clock, published, due)
    if due[-1].what is What.BREACHED:
        return [*resumed, *due]
    changes = _changes(clock, replace(published, paused=False))
    return [*resumed, *sorted([*due, *changes], key=lambda step: (step.at, step.what is not What.RESUMED))]


def _due(clock: Clock, published: Published, until: datetime) -> list[Step]:
    highest = max(published.crossed, default=0)
    known = (one for one in clock.crossings if one.at <= until or clock.run.ended_at is not None)
    return [_crossed(published.clock_id, clock, one) for one in known if one.threshold > highest]


def _resumed_before(clock: Clock, published: Published, due: list[Step]) -> list[Step]:
    if not published.paused:
        return []
    return [Step(published.clock_id, What.RESUMED, due[0].at, view_of(clock, due[0].at))]


def _crossed(clock_id: UUID, clock: Clock, crossing: Crossing) -> Step:
    what = What.BREACHED if crossing.threshold == BREACH else What.WARNED
    return Step(clock_id, what, crossing.at, view_of(clock, crossing.at), crossing.threshold)


def _changes(clock: Clock, published: Published) -> list[Step]:
    if clock.run.ended_at is not None:
        return []
    since, paused = clock.spans[-1].from_at, bool(clock.paused_for)
    view = view_of(clock, since)
    if paused and not published.paused:
        return [Step(published.clock_id, What.PAUSED, since, view, because=clock.paused_for)]
    if published.paused and not paused:
        return [Step(published.clock_id, What.RESUMED, since, view)]
    if clock.due_at != published.view.due_at:
        return [Step(published.clock_id, What.MOVED, since, view, because=_moved_because(clock))]
    return []


def _moved_because(clock: Clock) -> str:
    return clock.terms.because if clock.terms.from_at > clock.run.started_at else "history"


def _end(clock: Clock, published: Published) -> list[Step]:
    ended_at, outcome = clock.run.ended_at, clock.run.outcome
    if ended_at is None or outcome is None:
        return []
    view = view_of(clock, ended_at)
    resumed = [Step(published.clock_id, What.RESUMED, ended_at, view)] if published.paused else []
    what = What.MET if outcome is Outcome.MET else What.CANCELLED
    return [*resumed, Step(published.clock_id, what, ended_at, view, overrun=clock.overrun())]
