"""Which clocks does a work item have, and when did each start and end? Recomputed from all its facts, every time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bellhop_sla.domain.facts import Fact, FactKind, in_order
from bellhop_sla.domain.policy import Metric

ENDS = frozenset({FactKind.RESOLVED, FactKind.ABANDONED, FactKind.MERGED})
_OF_A_TIER = (Metric.TIME_TO_ACCEPT, Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.PERIODIC_UPDATE)
_UNTIL_RESOLVED = frozenset({Metric.RESOLUTION, Metric.REQUESTER_WAIT})
_CONNECTED_WHEN_ASSIGNED = "walk_in"


class Outcome(StrEnum):
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Run:
    """One clock's life without its target. `due_at` only where the agent named the instant."""

    metric: Metric
    number: int
    tier: int
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    due_at: datetime | None = None

    def ended(self, at: datetime, outcome: Outcome) -> "Run":
        return replace(self, ended_at=max(at, self.started_at), outcome=outcome)


@dataclass(slots=True)
class _Walk:
    """`separators` counts replies, also those that failed: they number the runs, so that no number is used twice."""

    tier: int = 1
    answered: bool = False
    separators: int = 0
    message_groups: set[int] = field(default_factory=set)
    promises: dict[str, Run] = field(default_factory=dict)
    open: dict[Metric, Run] = field(default_factory=dict)
    done: list[Run] = field(default_factory=list)

    def start(self, run: Run) -> None:
        self.open.setdefault(run.metric, run)

    def end(self, metric: Metric, at: datetime, outcome: Outcome = Outcome.MET) -> None:
        run = self.open.pop(metric, None)
        if run is not None:
            self.done.append(run.ended(at, outcome))


def runs_of(facts: Sequence[Fact]) -> tuple[Run, ...]:
    """In order of start; nothing before the item was queued, nothing after its end."""
    ordered = in_order(facts)
    failed = {fact.ref for fact in ordered if fact.kind is FactKind.REPLY_FAILED}
    walk = _Walk()
    for fact in ordered:
        if fact.kind is FactKind.QUEUED:
            _queued(walk, fact)
        elif fact.kind in ENDS:
            _end(walk, fact)
            break
        elif fact.kind is FactKind.REPLIED:
            _replied(walk, fact, happened=fact.ref not in failed)
        else:
            _step(walk, fact)
    runs = [*walk.done, *walk.open.values(), *walk.promises.values()]
    return tuple(sorted(runs, key=lambda run: (run.started_at, run.metric, run.number, run.tier)))


def _queued(walk: _Walk, fact: Fact) -> None:
    walk.tier = fact.context.tier if fact.context is not None else 1
    walk.answered = fact.since_at is None
    since = fact.since_at or fact.at
    walk.start(Run(Metric.TIME_TO_ACCEPT, 1, walk.tier, fact.at))
    for metric in (Metric.RESOLUTION, Metric.REQUESTER_WAIT):
        walk.start(Run(metric, 1, walk.tier, since))
    if fact.since_at is not None:
        walk.start(Run(Metric.FIRST_RESPONSE, 1, walk.tier, since))


def _end(walk: _Walk, fact: Fact) -> None:
    resolved = fact.kind is FactKind.RESOLVED
    for metric in tuple(walk.open):
        met = resolved and metric in _UNTIL_RESOLVED
        walk.end(metric, fact.at, Outcome.MET if met else Outcome.CANCELLED)
    walk.done.extend(run.ended(fact.at, Outcome.CANCELLED) for run in walk.promises.values())
    walk.promises.clear()


def _replied(walk: _Walk, fact: Fact, *, happened: bool) -> None:
    walk.separators += 1
    if not happened:
        return
    walk.answered = True
    for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.PERIODIC_UPDATE):
        walk.end(metric, fact.at)
    walk.done.extend(run.ended(fact.at, Outcome.MET) for run in walk.promises.values())
    walk.promises.clear()
    walk.start(Run(Metric.PERIODIC_UPDATE, walk.separators + 1, walk.tier, fact.at))


def _step(walk: _Walk, fact: Fact) -> None:
    match fact.kind:
        case FactKind.ASSIGNED:
            _assigned(walk, fact)
        case FactKind.CONNECTED:
            walk.answered = True
            walk.end(Metric.FIRST_RESPONSE, fact.at)
        case FactKind.CUSTOMER_WROTE:
            _customer_wrote(walk, fact)
        case FactKind.PROMISED:
            _promised(walk, fact)
        case FactKind.PROMISE_KEPT:
            run = walk.promises.pop(fact.ref, None)
            walk.done.extend([run.ended(fact.at, Outcome.MET)] if run is not None else [])
        case _:
            _moved_up(walk, fact)


def _assigned(walk: _Walk, fact: Fact) -> None:
    _moved_up(walk, fact)
    walk.end(Metric.TIME_TO_ACCEPT, fact.at)
    walk.start(Run(Metric.PERIODIC_UPDATE, walk.separators + 1, walk.tier, fact.at))
    if fact.context is not None and fact.context.channel == _CONNECTED_WHEN_ASSIGNED:
        walk.answered = True
        walk.end(Metric.FIRST_RESPONSE, fact.at)


def _customer_wrote(walk: _Walk, fact: Fact) -> None:
    """Until the first answer the first response covers whatever else they write."""
    if walk.answered or walk.separators:
        walk.message_groups.add(walk.separators)
    if walk.answered:
        walk.start(Run(Metric.NEXT_RESPONSE, len(walk.message_groups), walk.tier, fact.at))


def _promised(walk: _Walk, fact: Fact) -> None:
    number = 1 + len(walk.promises) + sum(run.metric is Metric.PROMISED for run in walk.done)
    walk.promises[fact.ref] = Run(Metric.PROMISED, number, walk.tier, fact.at, due_at=fact.by_at)


def _moved_up(walk: _Walk, fact: Fact) -> None:
    if fact.context is None or fact.context.tier <= walk.tier:
        return
    walk.tier = fact.context.tier
    waiting = {metric: walk.open[metric] for metric in _OF_A_TIER if metric in walk.open}
    for metric in waiting:
        walk.end(metric, fact.at, Outcome.CANCELLED)
    walk.start(Run(Metric.TIME_TO_ACCEPT, 1, walk.tier, fact.at))
    for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE):
        if metric in waiting:
            walk.start(Run(metric, waiting[metric].number, walk.tier, fact.at))
