"""How do many senders share one commit? Arrivals of the last milliseconds go together; each gets its own answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bellhop_common.kernel.attempt import attempt
from bellhop_common.postgres.errors import HandlerError, Outage

ArrivalT = TypeVar("ArrivalT")
AnswerT = TypeVar("AnswerT")

MAX_GROUP: Final = 200
WINDOW_SECONDS: Final = 0.02
WAITING_GROUPS: Final = 2


class Busy(Outage):
    """Two groups wait already, or nothing can be made durable now: the sender is to come back."""

    def __init__(self, why: str) -> None:
        super().__init__(self, why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Deferred:
    """What it was resolved against changed before it could be locked: it goes with the next group."""


@dataclass(slots=True)
class _Waiting(Generic[ArrivalT, AnswerT]):
    arrival: ArrivalT
    answer: asyncio.Future[AnswerT]
    deferrals: int = 0


Commit = Callable[[Sequence[ArrivalT]], Awaitable[Sequence[AnswerT | Deferred]]]


class EndedUnasked(Exception):
    """Nothing raised, and yet nobody takes arrivals any more."""


def unnoticed(_error: Exception) -> None:
    pass


class GroupCommit(Generic[ArrivalT, AnswerT]):
    """`commit` makes a whole group durable in one transaction and answers in the order given.

    `broken` is told when the work ended before anybody asked for it: the process is of no use then.
    """

    def __init__(
        self,
        commit: Commit[ArrivalT, AnswerT],
        *,
        closed: Callable[[], str | None] = lambda: None,
        broken: Callable[[Exception], None] = unnoticed,
    ) -> None:
        self._commit = commit
        self._closed = closed
        self._broken = broken
        self._waiting: list[_Waiting[ArrivalT, AnswerT]] = []
        self._in_hand: list[_Waiting[ArrivalT, AnswerT]] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def __aenter__(self) -> "GroupCommit[ArrivalT, AnswerT]":
        self._task = asyncio.create_task(self._run(), name="group-commit")
        self._task.add_done_callback(self._ended)
        return self

    async def __aexit__(self, *_: object) -> None:
        """What was taken in is still answered."""
        self._stopping = True
        self._news.set()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def submit(self, arrival: ArrivalT) -> AnswerT:
        """Returns once the arrival is durable; raises `Busy` or what its own handling raised."""
        why = self._shut() or self._closed()
        if why is not None:
            raise Busy(why)
        if len(self._waiting) >= MAX_GROUP * WAITING_GROUPS:
            raise Busy("two groups of arrivals wait already")
        waiting: _Waiting[ArrivalT, AnswerT] = _Waiting(arrival, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._news.set()
        return await waiting.answer

    def _shut(self) -> str | None:
        if self._stopping:
            return "stopping"
        if self._task is None:
            return "starting"
        return "broken" if self._task.done() else None

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Whoever still waits would wait for ever; who has an answer keeps it."""
        error = EndedUnasked() if task.cancelled() else task.exception()
        if error is None:
            return
        self._refuse([*self._in_hand, *self._waiting], Busy("broken"))
        self._broken(error if isinstance(error, Exception) else EndedUnasked())

    async def _run(self) -> None:
        while not (self._stopping and not self._waiting):
            await self._news.wait()
            self._news.clear()
            if not self._waiting:
                continue
            await self._gather_more()
            self._in_hand, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
            if self._waiting:
                self._news.set()
            await self._handle(self._in_hand)

    async def _gather_more(self) -> None:
        """A lone arrival waits for nobody; company waits for the window."""
        await asyncio.sleep(0)
        deadline = asyncio.get_running_loop().time() + WINDOW_SECONDS
        while 1 < len(self._waiting) < MAX_GROUP and not self._stopping:
            left = deadline - asyncio.get_running_loop().time()
            seen = len(self._waiting)
            if left <= 0:
                return
            await asyncio.sleep(min(left, WINDOW_SECONDS / 4))
            if len(self._waiting) == seen:
                return

    async def _handle(self, group: list[_Waiting[ArrivalT, AnswerT]]) -> None:
        error = await self._attempt(group)
        if error is None:
            return
        if isinstance(error, Outage):
            self._refuse(group, Busy(error.reason))
        elif len(group) == 1:
            self._refuse(group, error.error)
        else:
            for single in group:
                await self._handle([single])

    async def _attempt(self, group: list[_Waiting[ArrivalT, AnswerT]]) -> Outage | HandlerError | None:
        answers = await attempt(self._commit([waiting.arrival for waiting in group]))
        if isinstance(answers, Outage | HandlerError):
            return answers
        deferred: list[_Waiting[ArrivalT, AnswerT]] = []
        for waiting, answer in zip(group, answers, strict=True):
            if isinstance(answer, Deferred):
                deferred.append(waiting)
            elif not waiting.answer.done():
                waiting.answer.set_result(answer)
        self._put_back(deferred)
        return None

    def _put_back(self, deferred: list[_Waiting[ArrivalT, AnswerT]]) -> None:
        """Ahead of everybody else, in their order."""
        for waiting in deferred:
            waiting.deferrals += 1
        self._refuse([one for one in deferred if one.deferrals > MAX_GROUP], Busy("its conversation keeps changing"))
        self._waiting[:0] = [one for one in deferred if one.deferrals <= MAX_GROUP]
        if self._waiting:
            self._news.set()

    def _refuse(self, group: list[_Waiting[ArrivalT, AnswerT]], error: BaseException) -> None:
        for waiting in group:
            with suppress(asyncio.InvalidStateError):
                waiting.answer.set_exception(error)
