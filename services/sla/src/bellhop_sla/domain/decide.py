"""What follows from a fact, a desk file or a timer? New documents, clock events and the next wake-up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TypeAlias, assert_never
from uuid import UUID

import immutables

from bellhop_common.decision import CallEnded, CancelTimer, Decision, MissingReference, SetTimer, Subject, TimerDue
from bellhop_sla.domain.calendar import NEVER
from bellhop_sla.domain.clock import BREACH, Clock
from bellhop_sla.domain.conversation import Conversation, Item, clocks_of
from bellhop_sla.domain.desk_file import DeskFile, applied, withdrawn
from bellhop_sla.domain.events import ClockEvent, actions_for
from bellhop_sla.domain.hours import EPOCH
from bellhop_sla.domain.inputs import (
    DeskFileApplied,
    DeskFileWithdrawn,
    Happened,
    Ignored,
    Input,
    conversation_subject,
    desk_file_subject,
)
from bellhop_sla.domain.published import Published, Step, What, after, steps

TIMER = "clock"
KEPT_FOR = timedelta(days=31)
State: TypeAlias = immutables.Map[Subject, object]
ClockDecision: TypeAlias = Decision[State, ClockEvent]


@dataclass(frozen=True, slots=True)
class Moment:
    """`until`: up to where everything is known; `ready_at`: since when it is known."""

    now: datetime
    until: datetime
    ready_at: datetime


@dataclass(frozen=True, slots=True)
class _Settled:
    conversation: Conversation
    events: tuple[ClockEvent, ...]
    next_at: datetime | None


def decide(state: State, given: Input | TimerDue | CallEnded, now: datetime) -> ClockDecision | MissingReference:
    match given:
        case DeskFileApplied():
            return _with_file(state, applied(_file(state, given.desk), given.version, given.calendars))
        case DeskFileWithdrawn():
            return _with_file(state, withdrawn(_file(state, given.desk), given.version))
        case Happened():
            return _happened(state, given, now)
        case TimerDue():
            return _timer_due(state, given, now)
        case CallEnded() | Ignored():
            return Decision(state)
        case _:
            assert_never(given)


def _file(state: State, desk: str) -> DeskFile:
    found = state.get(desk_file_subject(desk))
    return found if isinstance(found, DeskFile) else DeskFile(desk)


def _with_file(state: State, file: DeskFile) -> ClockDecision:
    subject = desk_file_subject(file.desk)
    return Decision(state if state.get(subject) is file else state.set(subject, file))


def _happened(state: State, given: Happened, now: datetime) -> ClockDecision | MissingReference:
    file = _file(state, given.desk)
    context = given.fact.context
    if not file.versions or (context is not None and context.desk_version > file.newest):
        return MissingReference("desk", given.desk)
    if context is not None and context.desk_version == 0:
        given = replace(given, fact=replace(given.fact, context=replace(context, desk_version=file.newest)))
    found = state.get(conversation_subject(given.conversation_id))
    before = found if isinstance(found, Conversation) else Conversation(given.conversation_id, given.desk)
    until = min(now, given.fact.at) if given.orders else EPOCH
    return _decision(state, before, _settle(_told(before, given, now), file, Moment(now, until, now)), fired=False)


def _timer_due(state: State, due: TimerDue, now: datetime) -> ClockDecision:
    conversation = state.get(due.subject)
    if not isinstance(conversation, Conversation):
        return Decision(state)
    if _forgotten_at(conversation, default=NEVER) <= now:
        return Decision(state.delete(due.subject))
    file = _file(state, conversation.desk)
    moment = Moment(now, min(now, due.known_until), due.ready_at)
    return _decision(state, conversation, _settle(conversation, file, moment), fired=True)


def _told(conversation: Conversation, given: Happened, now: datetime) -> Conversation:
    if given.work_item_id is None:
        known = given.fact in conversation.calls
        return conversation if known else replace(conversation, calls=(*conversation.calls, given.fact))
    item = conversation.item(given.work_item_id)
    if item is None:
        conversation = _without_old(conversation, now - KEPT_FOR)
        item = Item(given.work_item_id, given.cycle)
    return conversation.with_item(item.with_fact(given.fact))


def _without_old(conversation: Conversation, before: datetime) -> Conversation:
    """What ended so long ago that no event about it can still be on its way."""
    kept = tuple(one for one in conversation.items if not one.at_rest or max(f.at for f in one.facts) >= before)
    return replace(conversation, items=kept, calls=tuple(call for call in conversation.calls if call.at >= before))


def _decision(state: State, before: Conversation, settled: _Settled, *, fired: bool) -> ClockDecision:
    subject = conversation_subject(before.conversation_id)
    conversation = replace(settled.conversation, timer_at=settled.next_at)
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    if settled.next_at is not None and (fired or settled.next_at != before.timer_at):
        timers = (SetTimer(TIMER, subject, settled.next_at),)
    elif settled.next_at is None and before.timer_at is not None and not fired:
        timers = (CancelTimer(TIMER, subject),)
    return Decision(state.set(subject, conversation), settled.events, timers)


def _settle(conversation: Conversation, file: DeskFile, moment: Moment) -> _Settled:
    events: list[ClockEvent] = []
    next_at: list[datetime] = []
    for item in conversation.items:
        clocks = clocks_of(item, conversation.calls, file)
        said = _say(item, _steps(item, clocks, moment.until), conversation.said)
        conversation = replace(conversation.with_item(said.item), said=conversation.said + len(said.numbered))
        events.extend(_event(conversation, said.item, file, moment, one) for one in said.numbered)
        next_at.extend(_next_crossings(clocks, said.item))
    wake_at = min(next_at, default=_forgotten_at(conversation, default=NEVER))
    return _Settled(conversation, tuple(events), None if wake_at == NEVER else wake_at)


def _forgotten_at(conversation: Conversation, default: datetime) -> datetime:
    """When no event about it can be on its way any more."""
    return default if conversation.over_since is None else conversation.over_since + KEPT_FOR


def _steps(item: Item, clocks: Mapping[UUID, Clock], until: datetime) -> list[Step]:
    """Each clock's in their order, those of several clocks by instant."""
    published = {one.clock_id: one for one in item.published}
    ids = dict.fromkeys((*published, *clocks))
    of_each = [steps(one, clocks.get(one), published.get(one), until) for one in ids]
    timed = [pair for found in of_each for pair in zip(accumulate((s.at for s in found), max), found, strict=True)]
    return [step for _, step in sorted(timed, key=lambda pair: pair[0])]


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    step: Step


@dataclass(frozen=True, slots=True)
class _Say:
    item: Item
    numbered: tuple[_Numbered, ...]


def _say(item: Item, found: Sequence[Step], said: int) -> _Say:
    numbered = tuple(_Numbered(number, step) for number, step in enumerate(found, said + 1))
    published: dict[UUID, Published] = {one.clock_id: one for one in item.published}
    for one in numbered:
        published[one.step.clock_id] = after(published.get(one.step.clock_id), one.step, one.number)
    return _Say(replace(item, published=tuple(published.values())) if numbered else item, numbered)


def _next_crossings(clocks: Mapping[UUID, Clock], item: Item) -> Iterable[datetime]:
    for published in item.published:
        clock = clocks.get(published.clock_id)
        highest = max(published.crossed, default=0)
        if clock is None or clock.run.ended_at is not None or highest >= BREACH:
            continue
        yield from (one.at for one in clock.crossings if one.threshold > highest and one.at < NEVER)


def _event(conversation: Conversation, item: Item, file: DeskFile, moment: Moment, numbered: _Numbered) -> ClockEvent:
    step = numbered.step
    fired = step.what in {What.WARNED, What.BREACHED}
    rows = file.at_version(step.view.policy_version).escalation
    return ClockEvent(
        what=step.what,
        conversation_id=conversation.conversation_id,
        desk=conversation.desk,
        desk_version=file.newest,
        work_item_id=item.work_item_id,
        cycle=item.cycle,
        queue=item.queue,
        clock_id=step.clock_id,
        view=step.view,
        threshold=step.threshold,
        late=max(moment.now - max(step.at, moment.ready_at), timedelta()) if fired else None,
        ready_at=moment.ready_at if fired else None,
        actions=actions_for(step, rows),
        moved_because=step.because if step.what is What.MOVED else None,
        overrun=step.overrun,
        corrects_back=None if step.corrects is None else numbered.number - step.corrects,
    )
