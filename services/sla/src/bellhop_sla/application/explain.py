"""What can be told of a conversation's clocks, or of clocks that are only asked about?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bellhop_sla.domain.clock import BREACH, Clock
from bellhop_sla.domain.conversation import Conversation, Item, clock_id, clocks_of
from bellhop_sla.domain.desk_file import DeskFile, DeskVersion, applied
from bellhop_sla.domain.facts import Fact
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.runs import Outcome


@dataclass(frozen=True, slots=True)
class Stretch:
    """Running or paused, and under which policy; `because` is why that began."""

    state: str
    from_at: datetime
    to_at: datetime | None
    policy: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """`said` is whether an event told of it."""

    threshold: int
    at: datetime
    said: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A clock at one instant. `state`: running, paused, breached, met, cancelled; a late end says `breached` too."""

    clock_id: UUID
    work_item_id: UUID
    cycle: int
    metric: str
    run: int
    tier: int
    queue: str
    policy: str
    policy_version: int
    calendar_version: int
    state: str
    breached: bool
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    elapsed_seconds: float
    paused_seconds: float
    stretches: tuple[Stretch, ...] = ()
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Clocks of work that may not exist yet: `version` and `calendars` as of a desk file, `facts` as they would be."""

    version: DeskVersion
    calendars: tuple[Calendar, ...]
    facts: tuple[Fact, ...]
    work_item_id: UUID = field(default_factory=lambda: UUID(int=0))


def explain(conversation: Conversation, file: DeskFile, now: datetime) -> tuple[Told, ...]:
    """Every clock of every work item that is kept, in order of start."""
    return tuple(told for item in conversation.items for told in _of_item(item, conversation.calls, file, now))


def preview(question: Question, now: datetime) -> tuple[Told, ...]:
    """Raises `BadCalendar` or `BadPolicy`."""
    file = applied(DeskFile("preview"), question.version, question.calendars)
    return tuple(_of_item(Item(question.work_item_id, 1, question.facts), (), file, now))


def _of_item(item: Item, calls: Sequence[Fact], file: DeskFile, now: datetime) -> Iterable[Told]:
    said = {one.clock_id: set(one.crossed) for one in item.published}
    for clock in clocks_of(item, calls, file).values():
        yield _told(item, clock, said.get(clock_id(item, clock.run), set()), now)


def _told(item: Item, clock: Clock, said: set[int], now: datetime) -> Told:
    run, terms = clock.run, clock.terms
    return Told(
        clock_id=clock_id(item, run),
        work_item_id=item.work_item_id,
        cycle=item.cycle,
        metric=run.metric,
        run=run.number,
        tier=run.tier,
        queue=item.queue,
        policy=terms.policy,
        policy_version=terms.policy_version,
        calendar_version=terms.calendar_version,
        state=_state(clock, now),
        breached=clock.breach is not None and clock.breach.at <= now,
        started_at=run.started_at,
        due_at=clock.due_at,
        ended_at=run.ended_at,
        elapsed_seconds=clock.elapsed(now).total_seconds(),
        paused_seconds=clock.paused(now).total_seconds(),
        stretches=tuple(_stretch(clock, index) for index in range(len(clock.spans))),
        thresholds=tuple(Threshold(one.threshold, one.at, one.threshold in said) for one in clock.crossings),
    )


def _state(clock: Clock, now: datetime) -> str:
    if clock.run.outcome is not None:
        return "met" if clock.run.outcome is Outcome.MET else "cancelled"
    if any(one.threshold == BREACH and one.at <= now for one in clock.crossings):
        return "breached"
    return "paused" if clock.paused_for else "running"


def _stretch(clock: Clock, index: int) -> Stretch:
    span = clock.spans[index]
    moved = index > 0 and span.terms is not clock.spans[index - 1].terms
    because = f"waiting for {span.paused_for}" if span.paused_for else (span.terms.because if moved else "")
    return Stretch("paused" if span.paused_for else "running", span.from_at, span.to_at, span.terms.policy, because)
