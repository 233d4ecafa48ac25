"""How long has a clock run, when was it paused, and when does it cross each share of its target? A pure fold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bellhop_sla.domain.calendar import NEVER, add, between
from bellhop_sla.domain.facts import Fact, FactKind, in_order
from bellhop_sla.domain.runs import ENDS, Run
from bellhop_sla.domain.terms import Terms

BREACH = 100
_END_PENDING = ENDS | {FactKind.RESUMED, FactKind.ASSIGNED, FactKind.REQUEUED, FactKind.ESCALATED}


@dataclass(frozen=True, slots=True)
class Pending:
    """The item waits for somebody, from an instant to another; without the other it still does."""

    waiting_for: str
    from_at: datetime
    to_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """The share of its target, in percent, that a clock has used up at an instant."""

    threshold: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch under the same terms, running or paused; `to_at` is None in the last one of a live clock."""

    from_at: datetime
    to_at: datetime | None
    terms: Terms
    paused_for: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """`due_at` of a paused clock is as of the pause. `crossings` may lie ahead; none is at or after the end."""

    run: Run
    spans: tuple[Span, ...]
    crossings: tuple[Crossing, ...]
    due_at: datetime

    @property
    def terms(self) -> Terms:
        return self.spans[-1].terms

    @property
    def paused_for(self) -> str:
        return self.spans[-1].paused_for if self.run.ended_at is None else ""

    @property
    def breach(self) -> Crossing | None:
        return next((one for one in self.crossings if one.threshold == BREACH), None)

    def elapsed(self, at: datetime) -> timedelta:
        running = (span for span in self.spans if not span.paused_for)
        return sum((between(span.terms.calendar, span.from_at, _until(span, at)) for span in running), timedelta())

    def paused(self, at: datetime) -> timedelta:
        paused = (span for span in self.spans if span.paused_for)
        return sum((between(None, span.from_at, _until(span, at)) for span in paused), timedelta())

    def overrun(self) -> timedelta | None:
        """By how much running time a clock that has ended was over its target."""
        target = self.terms.target
        if self.run.ended_at is None or self.breach is None or target is None:
            return None
        return max(self.elapsed(self.run.ended_at) - target.within, timedelta())


def pendings_of(facts: Sequence[Fact]) -> tuple[Pending, ...]:
    found: list[Pending] = []
    for fact in in_order(facts):
        still = bool(found) and found[-1].to_at is None
        if still and (fact.kind in _END_PENDING or fact.kind is FactKind.PENDED):
            found[-1] = Pending(found[-1].waiting_for, found[-1].from_at, fact.at)
        if fact.kind is FactKind.PENDED:
            found.append(Pending(fact.waiting_for, fact.at))
    return tuple(found)


def clock_of(run: Run, terms: Sequence[Terms], pendings: Sequence[Pending]) -> Clock:
    """`terms` are not empty."""
    spans = _joined(_spans(run, terms, pendings))
    crossings: list[Crossing] = []
    elapsed, due_at = timedelta(), NEVER
    for before, span in zip([None, *spans], spans, strict=False):
        crossings.extend(_crossings(span, elapsed, crossings))
        if before is None or not (before.paused_for and span.paused_for and before.terms is span.terms):
            due_at = _reaches(span, elapsed, BREACH)
        if not span.paused_for and span.to_at is not None:
            elapsed += between(span.terms.calendar, span.from_at, span.to_at)
    breach = next((one.at for one in crossings if one.threshold == BREACH), due_at)
    return Clock(run, spans, tuple(crossings), breach)


def _spans(run: Run, terms: Sequence[Terms], pendings: Sequence[Pending]) -> list[Span]:
    ends = [one.to_at for one in pendings if one.to_at is not None]
    marks = {run.started_at, *(one.from_at for one in terms), *(one.from_at for one in pendings), *ends}
    inside = sorted(at for at in marks if at >= run.started_at and (run.ended_at is None or at < run.ended_at))
    starts = inside or [run.started_at]
    return [_span(start, end, terms, pendings) for start, end in zip(starts, [*starts[1:], run.ended_at], strict=True)]


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].terms is span.terms and joined[-1].paused_for == span.paused_for:
            joined[-1] = replace(joined[-1], to_at=span.to_at)
        else:
            joined.append(span)
    return tuple(joined)


def _span(start: datetime, end: datetime | None, terms: Sequence[Terms], pendings: Sequence[Pending]) -> Span:
    in_force = next((one for one in reversed(terms) if one.from_at <= start), terms[0])
    waits = (one.waiting_for for one in pendings if one.from_at <= start and (one.to_at is None or start < one.to_at))
    return Span(start, end, in_force, next((one for one in waits if one in in_force.pause_on), ""))


def _crossings(span: Span, elapsed: timedelta, before: Sequence[Crossing]) -> list[Crossing]:
    """Each share once and only rising; what a shorter target has long passed is crossed as it comes into force."""
    if span.paused_for or span.terms.target is None:
        return []
    highest = max((one.threshold for one in before), default=0)
    shares = sorted({share for share in span.terms.target.warnings if 0 < share < BREACH} | {BREACH})
    ahead = (Crossing(share, _reaches(span, elapsed, share)) for share in shares if share > highest)
    return [one for one in ahead if one.at < (span.to_at or NEVER)]


def _reaches(span: Span, elapsed: timedelta, share: int) -> datetime:
    target = span.terms.target
    if target is None:
        return NEVER
    return add(span.terms.calendar, span.from_at, target.within * share / BREACH - elapsed)


def _until(span: Span, at: datetime) -> datetime:
    return at if span.to_at is None else min(at, span.to_at)
