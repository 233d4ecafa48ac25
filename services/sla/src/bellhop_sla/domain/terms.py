"""Under which policy, target and calendar version does a clock run, from when, and why did that change?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bellhop_sla.domain.desk_file import DeskFile
from bellhop_sla.domain.facts import Context, Fact, in_order
from bellhop_sla.domain.hours import Calendar
from bellhop_sla.domain.policy import Metric, Policy, Target, choose, pauses_on
from bellhop_sla.domain.runs import Run

NO_POLICY = "none"


@dataclass(frozen=True, slots=True)
class Terms:
    """In force from `from_at`. Without a target the time counts, but nothing falls due."""

    from_at: datetime
    policy: str
    policy_version: int
    target: Target | None
    calendar_version: int
    calendar: Calendar | None = None
    pause_on: frozenset[str] = frozenset()
    because: str = ""

    @property
    def allows(self) -> object:
        return (self.target, self.calendar)


@dataclass(frozen=True, slots=True)
class Choice:
    """The policy that holds for the item from `from_at` on, for all its clocks."""

    from_at: datetime
    context: Context
    policy: Policy | None
    version: int
    calendar: str | None
    because: str


def choices_of(facts: Sequence[Fact], file: DeskFile) -> tuple[Choice, ...]:
    """A policy is chosen anew only when what it may ask about changes, under the desk file of that moment."""
    found: list[Choice] = []
    for fact in in_order(facts):
        if fact.context is None:
            continue
        if not found:
            found.append(_choice(fact, fact.context, file, "queued"))
            continue
        before = found[-1].context
        context = replace(fact.context, customer=fact.context.customer or before.customer)
        because = _difference(before, context)
        if because:
            found.append(_choice(fact, context, file, because))
    return tuple(found)


def terms_of(run: Run, choices: Sequence[Choice], file: DeskFile) -> tuple[Terms, ...]:
    """From the run's start to its end, each different from the one before; empty if nothing ever sets a target."""
    found: list[Terms] = []
    for index, choice in enumerate(choices):
        until = choices[index + 1].from_at if index + 1 < len(choices) else None
        if until is not None and until <= run.started_at:
            continue
        if run.ended_at is not None and index > 0 and choice.from_at > run.ended_at:
            break
        target = _target(run, choice, found[-1].target if found else None)
        found.extend(_by_calendar(run, choice, target, file))
    return _backfilled(_distinct([one for one in found if run.ended_at is None or one.from_at <= run.ended_at]))


def _choice(fact: Fact, context: Context, file: DeskFile, because: str) -> Choice:
    version = file.at_version(context.desk_version)
    queue = version.queue(context.queue)
    policy = choose(version.policies, queue, context)
    calendar = (policy.calendar if policy is not None else None) or queue.calendar
    return Choice(fact.since_at or fact.at, context, policy, version.version, calendar, because)


def _difference(before: Context, after: Context) -> str:
    names = ("priority", "queue", "tier", "channel", "customer")
    return next((name for name in names if getattr(before, name) != getattr(after, name)), "")


def _target(run: Run, choice: Choice, before: Target | None) -> Target | None:
    """Where the new policy has none for this metric, the clock goes on with what it had."""
    own = choice.policy.target(run.metric, run.tier) if choice.policy is not None else None
    if run.due_at is not None:
        warnings = own.warnings if own is not None else Target(run.metric, timedelta()).warnings
        return Target(Metric.PROMISED, run.due_at - run.started_at, run.tier, warnings)
    return own or before


def _by_calendar(run: Run, choice: Choice, target: Target | None, file: DeskFile) -> list[Terms]:
    since = max(choice.from_at, run.started_at)
    name = choice.calendar if run.due_at is None else None
    first = Terms(
        from_at=since,
        policy=choice.policy.name if choice.policy is not None else NO_POLICY,
        policy_version=choice.version,
        target=target,
        calendar_version=choice.version,
        pause_on=pauses_on(run.metric, target),
        because=choice.because,
    )
    at_first = file.calendar_at(name, since)
    if at_first is None:
        return [first]
    first = replace(first, calendar=at_first.calendar, calendar_version=at_first.version)
    later = [one for one in file.calendar_versions(name) if one.applied_at > since]
    return [
        first,
        *(
            replace(
                first, from_at=one.applied_at, calendar=one.calendar, calendar_version=one.version, because="calendar"
            )
            for one in later
        ),
    ]


def _distinct(terms: Sequence[Terms]) -> list[Terms]:
    """In order of time; of those that a later choice overtakes, only what was in force counts."""
    kept: list[Terms] = []
    for one in terms:
        while kept and kept[-1].from_at >= one.from_at:
            kept.pop()
        if not kept or kept[-1].allows != one.allows or kept[-1].pause_on != one.pause_on:
            kept.append(one)
    return kept


def _backfilled(terms: Sequence[Terms]) -> tuple[Terms, ...]:
    """Time before the first target counts by that target's calendar."""
    first = next((one for one in terms if one.target is not None), None)
    if first is None:
        return ()
    return tuple(replace(one, calendar=first.calendar) if one.target is None else one for one in terms)
