"""How does a test tell the life of a work item? One line per fact, then the clocks and events that follow."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

import immutables

from bellhop_common.decision import Decision, SetTimer, TimerDue
from bellhop_sla.domain.clock import Clock
from bellhop_sla.domain.conversation import Conversation, clocks_of
from bellhop_sla.domain.decide import State, decide
from bellhop_sla.domain.desk_file import DeskFile, DeskVersion, EscalationRow
from bellhop_sla.domain.events import ClockEvent
from bellhop_sla.domain.facts import Context, Customer, Fact, FactKind
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.inputs import DeskFileApplied, Happened, conversation_subject, desk_file_subject
from bellhop_sla.domain.policy import Metric, Policy, Queue, Target

CONVERSATION = UUID("00000000-0000-7000-8000-0000000000c1")
ITEM = UUID("00000000-0000-7000-8000-0000000000a1")
SECOND_ITEM = UUID("00000000-0000-7000-8000-0000000000a2")
DAY = datetime(2026, 3, 4, tzinfo=UTC)
"""A Wednesday."""


def at(clock: str, day: datetime = DAY) -> datetime:
    """`"10:00"` or `"10:00:05.2"` on that day, UTC."""
    hour, minute, second = (*clock.split(":"), "0")[:3]
    return day + timedelta(hours=int(hour), minutes=int(minute), seconds=float(second))


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


STANDARD = Policy(
    "standard",
    targets=(
        Target(Metric.TIME_TO_ACCEPT, minutes(10)),
        Target(Metric.FIRST_RESPONSE, minutes(60), pause_on=("customer",)),
        Target(Metric.NEXT_RESPONSE, minutes(30), pause_on=("customer",)),
        Target(Metric.RESOLUTION, minutes(480)),
        Target(Metric.REQUESTER_WAIT, minutes(480)),
    ),
)


def desk_version(
    *policies: Policy,
    version: int = 1,
    applied_at: datetime = DAY - timedelta(days=30),
    queues: tuple[Queue, ...] = (),
    escalation: tuple[EscalationRow, ...] = (),
) -> DeskVersion:
    return DeskVersion(version, applied_at, policies or (STANDARD,), queues, escalation)


class More(TypedDict, total=False):
    context: Context
    ref: str
    waiting_for: str
    since_at: datetime
    by_at: datetime


@dataclass
class Story:
    """Applies facts as they are told; `events` has everything said, `timer_at` what is set."""

    state: State = field(default_factory=immutables.Map)
    events: list[ClockEvent] = field(default_factory=list)
    timer_at: datetime | None = None
    told: list[Happened] = field(default_factory=list)
    sequence: int = 0
    context: Context = field(default_factory=lambda: Context("general", 1, 50, "email", 1, Customer()))
    item: UUID = ITEM
    cycle: int = 1

    def desk(self, version: DeskVersion | None = None, *calendars: Calendar) -> "Story":
        return self._take(decide(self.state, DeskFileApplied("acme", version or desk_version(), calendars), DAY))

    def fact(self, kind: FactKind, when: datetime, now: datetime | None = None, **more: Unpack[More]) -> "Story":
        self.sequence += 1
        fact = replace(Fact(kind, when, 1, self.sequence), **more)
        return self.tell(Happened(CONVERSATION, "acme", fact, self.item, self.cycle), now or when)

    def tell(self, given: Happened, now: datetime) -> "Story":
        self.told.append(given)
        return self._take(decide(self.state, given, now))

    def queued(self, when: datetime, since: datetime | None = None, contact: str = "") -> "Story":
        return self.fact(FactKind.QUEUED, when, context=self.context, since_at=since or when, ref=contact)

    def call(self, contact: str, when: datetime) -> "Story":
        """The telephone system tells of it, on another topic and with no item."""
        fact = Fact(FactKind.CONNECTED, when, ref=contact)
        return self.tell(Happened(CONVERSATION, "acme", fact), when)

    def assigned(self, when: datetime) -> "Story":
        return self.fact(FactKind.ASSIGNED, when, context=self.context)

    def replied(self, when: datetime, ref: str = "r1", now: datetime | None = None) -> "Story":
        return self.fact(FactKind.REPLIED, when, now, ref=ref)

    def pended(self, when: datetime, waiting_for: str = "customer") -> "Story":
        return self.fact(FactKind.PENDED, when, waiting_for=waiting_for)

    def fire(self, now: datetime, ready_at: datetime | None = None, known_until: datetime | None = None) -> "Story":
        """The timer that is set fires at `now`; unless told otherwise all is known up to when it was ready."""
        assert self.timer_at is not None
        ready_at = ready_at or self.timer_at
        until = known_until or max(ready_at, self.timer_at)
        due = TimerDue("clock", conversation_subject(CONVERSATION), self.timer_at, ready_at, until)
        self.timer_at = None
        return self._take(decide(self.state, due, now))

    def run_until(self, end: datetime) -> "Story":
        """All timers fire on their instant."""
        while self.timer_at is not None and self.timer_at <= end:
            self.fire(self.timer_at)
        return self

    def _take(self, decision: object) -> "Story":
        assert isinstance(decision, Decision)
        self.state = decision.state
        self.events.extend(decision.events)
        for timer in decision.timers:
            self.timer_at = timer.due_at if isinstance(timer, SetTimer) else None
        return self

    @property
    def conversation(self) -> Conversation:
        found = self.state[conversation_subject(CONVERSATION)]
        assert isinstance(found, Conversation)
        return found

    @property
    def file(self) -> DeskFile:
        found = self.state[desk_file_subject("acme")]
        assert isinstance(found, DeskFile)
        return found

    def clocks(self, item: UUID = ITEM) -> list[Clock]:
        found = self.conversation.item(item)
        assert found is not None
        return list(clocks_of(found, self.conversation.calls, self.file).values())

    def clock(self, metric: Metric, tier: int = 1, run: int = 1) -> Clock:
        return next(
            c for c in self.clocks(self.item) if (c.run.metric, c.run.tier, c.run.number) == (metric, tier, run)
        )

    def said(self, metric: Metric, tier: int = 1, run: int = 1) -> list[str]:
        """Of one clock, in order: `started`, `warned 50`, `breached`, `met`…"""
        mine = (e for e in self.events if (e.view.metric, e.view.tier, e.view.run) == (metric, tier, run))
        return [f"{e.what} {e.threshold}" if e.what == "warned" else str(e.what) for e in mine]

    def last(self, metric: Metric) -> ClockEvent:
        return [event for event in self.events if event.view.metric == metric][-1]


def retell(told: Sequence[Happened], story: Story, now: datetime) -> Story:
    """The same facts in another order, all read at `now`."""
    for one in told:
        story.tell(one, now)
    return story
