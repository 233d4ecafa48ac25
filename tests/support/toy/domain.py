"""How does the toy decide? One counter per key."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias
from uuid import UUID, uuid5

import immutables

from bellhop_common.decision import Call, CallEnded, Decision, MissingReference, SetTimer, Subject, TimerDue
from bellhop_common.ids import NAMESPACE

KIND = "conversation"


@dataclass(frozen=True, slots=True)
class Counter:
    count: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Add:
    desk: str
    key: str
    number: int
    refers_to: str | None = None


@dataclass(frozen=True)
class Explode:
    """The handler fails on it, until it is `repaired`: then it counts as 666."""

    desk: str
    key: str
    repaired: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Remind:
    desk: str
    key: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Ask:
    desk: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Forget:
    """A deletion."""

    desk: str
    key: str


@dataclass(frozen=True, slots=True)
class Counted:
    desk: str
    key: str
    number: int
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Reminded:
    desk: str
    key: str
    late: timedelta


@dataclass(frozen=True, slots=True)
class Answered:
    desk: str
    key: str
    outcome: str
    in_doubt: bool


@dataclass(frozen=True, slots=True)
class Open:
    desk: str
    key: str


Input: TypeAlias = Open | Add | Explode | Remind | Ask | Forget
Happening: TypeAlias = Input | TimerDue | CallEnded
Event: TypeAlias = Counted | Reminded | Answered
State: TypeAlias = immutables.Map[Subject, object]


class Boom(Exception):
    """The handler's own error, planted."""


def subject(key: str) -> Subject:
    return Subject(KIND, key)


def subjects(given: Happening) -> tuple[Subject, ...]:
    match given:
        case TimerDue() | CallEnded():
            return (given.subject,)
        case Add(refers_to=str() as other):
            return (subject(given.key), subject(other))
        case Add() | Open() if given.desk.startswith("x"):
            return (subject(given.key), subject(given.desk))
        case _:
            return (subject(given.key),)


def decide(state: State, given: Happening, now: datetime) -> Decision[State, Event] | MissingReference:
    match given:
        case Add():
            return _add(state, given)
        case Open():
            return Decision(state.set(subject(given.desk), Counter()))
        case Remind():
            return Decision(state, timers=(SetTimer("remind", subject(given.key), now + given.after),))
        case Ask():
            return Decision(state, calls=(_call(given),))
        case Forget():
            return Decision(state.delete(subject(given.key)) if subject(given.key) in state else state)
        case Explode():
            return _explode(state, given)
        case TimerDue():
            return _fire(state, given, now)
        case CallEnded():
            return _answer(state, given)


def _add(state: State, given: Add) -> Decision[State, Event] | MissingReference:
    if given.desk.startswith("x") and subject(given.desk) not in state:
        return MissingReference("desk", given.desk)
    if given.refers_to is not None and subject(given.refers_to) not in state:
        return MissingReference("key", given.refers_to)
    before = state.get(subject(given.key), Counter())
    assert isinstance(before, Counter)
    after = replace(before, count=before.count + 1, total=before.total + given.number)
    event = Counted(given.desk, given.key, given.number, after.count, after.total)
    return Decision(state.set(subject(given.key), after), (event,))


def _explode(state: State, given: Explode) -> Decision[State, Event] | MissingReference:
    if not given.repaired:
        raise Boom
    return _add(state, Add(given.desk, given.key, 666))


def _fire(state: State, due: TimerDue, now: datetime) -> Decision[State, Event]:
    if due.subject.id.startswith("bad"):
        raise Boom
    return Decision(state, (Reminded("a", due.subject.id, now - due.due_at),))


def _answer(state: State, ended: CallEnded) -> Decision[State, Event]:
    if ended.subject.id.startswith("bad"):
        raise Boom
    return Decision(state, (Answered("a", ended.subject.id, ended.outcome.value, ended.in_doubt),))


def _call(given: Ask) -> Call:
    call_id: UUID = uuid5(NAMESPACE, f"{given.key}/{given.text}")
    lease = 1.0 if given.text == "soon" else 2.0
    return Call(call_id, "ask", subject(given.key), {"text": given.text}, lease_seconds=lease)
