"""What makes a service? The topics it reads, how it decides, and how its events look on the wire."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from fastapi import APIRouter

from bellhop_common.decision import Call, CallEnded, CallOutcome, Decision, MissingReference, Subject, TimerDue
from bellhop_common.events.topics import Topic
from bellhop_common.kernel.delivery import Place, Poison, RawRecord, Received
from bellhop_common.kernel.state import StateStore
from bellhop_common.postgres.database import Connection
from bellhop_common.postgres.outbox import Outgoing

if TYPE_CHECKING:
    from datetime import datetime

    from bellhop_common.kernel.runtime import Runtime

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

Happening: TypeAlias = InputT | TimerDue | CallEnded


@dataclass(frozen=True, slots=True)
class CallResult:
    """What an outside system answered. A failure that may pass is `retry_after_seconds`, not an exception.

    After an exception nobody knows whether the call was made; after five in a row it ends as failed.
    """

    outcome: CallOutcome = CallOutcome.DONE
    error_class: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    retry_after_seconds: float | None = None


def no_answer(_raw: RawRecord, _poison: Poison) -> Sequence[Any]:
    return ()


def no_inputs(_kind: str, _subject: Subject) -> Sequence[Place]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Service(Generic[StateT, InputT, EventT]):
    """Everything the kernel must know.

    `translate` gives None for what doesn't concern the service, but never for a record of a sequenced topic:
    left out, it would be a gap in its key. It and `decide` are pure. Either
    `desk_of` names the desk of an input, or `locate` looks it up (None: not known yet, so the
    record is parked). `timer_inputs` names the partitions (full topic names) that must have been read to
    their end before a timer of that kind and subject may fire; `timer_stalls` those in which our own
    lag counts for it, where they are others. `answer_poison` may tell its sender: its events go out with the dead
    letter.
    """

    name: str
    reads: Sequence[Topic]
    writes: Sequence[Topic]
    store: StateStore[StateT, InputT | TimerDue | CallEnded]
    translate: Callable[[Received], InputT | None]
    decide: Callable[[StateT, InputT | TimerDue | CallEnded, "datetime"], Decision[StateT, EventT] | MissingReference]
    encode: Callable[[EventT], Outgoing]
    desk_of: Callable[[InputT], str | None] = lambda _: ""
    locate: Callable[[Connection, Sequence[InputT]], Awaitable[Sequence[str | None]]] | None = None
    subject_of: Callable[[InputT], Subject] | None = None
    timer_inputs: Callable[[str, Subject], Sequence[Place]] = no_inputs
    timer_stalls: Callable[[str, Subject], Sequence[Place]] | None = None
    answer_poison: Callable[[RawRecord, Poison], Sequence[EventT]] = no_answer
    perform: Callable[[Call], Awaitable[CallResult]] | None = None
    migrations: Path | None = None
    routes: Callable[["Runtime[StateT, InputT, EventT]"], APIRouter] | None = None
    background: Sequence[Callable[["Runtime[StateT, InputT, EventT]"], AbstractAsyncContextManager[None]]] = ()

    def subject(self, given: InputT, key: str) -> Subject:
        """What is held while an event of it waits; by default the conversation that is the record's key."""
        return Subject("conversation", key) if self.subject_of is None else self.subject_of(given)
