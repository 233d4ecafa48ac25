"""Who talks to the outside world? A worker that claims a call, makes it, and hands its outcome back to the desk."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from bellhop_common.decision import Call, CallEnded, CallOutcome
from bellhop_common.kernel import outside
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.failing import HANDLER_ERROR
from bellhop_common.kernel.outside import Claimed
from bellhop_common.kernel.pauses import waited
from bellhop_common.kernel.service import CallResult
from bellhop_common.observability.logging import Log
from bellhop_common.observability.metrics import KernelMetrics
from bellhop_common.postgres.database import Database
from bellhop_common.postgres.errors import HandlerError, Outage

SWEEP: Final = 1.0
TRIES: Final = 3
SETTLE_AGAIN: Final = 0.3
AT_ONCE: Final = 16
# As often in a row a call may have no answer; then its desk is told, and decides.
MAX_UNANSWERED: Final = 5
NO_ANSWER: Final = "no-answer"

Perform = Callable[[Call], Awaitable[CallResult]]
Ended = Callable[[str, CallEnded, UUID], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class CallerParts:
    database: Database
    perform: Perform
    ended: Ended
    metrics: KernelMetrics
    log: Log


class Caller:
    """At most `AT_ONCE` calls at a time. `perform` has half of the call's lease.

    When it raises, or takes longer, the call is made again ever later, and in the end told as failed.
    """

    def __init__(self, parts: CallerParts) -> None:
        self._parts = parts
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._draining = False
        self._claiming = asyncio.Lock()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        while not self._draining:
            match await self._claim_and_begin():
                case Outage() | HandlerError() as failure:
                    self._parts.log.warning("calls-wait", reason=failure.reason)
                    await asyncio.sleep(SWEEP)
                case 0:
                    await waited(self._wake, SWEEP)
                    self._wake.clear()
                case _:
                    pass

    async def drain(self, within: float) -> None:
        """Claims no more, since what is cut off halfway is in doubt, and ends what it began."""
        self._draining = True
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(within), self._claiming:
                if self._running:
                    await asyncio.wait(set(self._running))

    async def _claim_and_begin(self) -> int | Outage | HandlerError:
        """What is claimed is begun before anybody can ask what is left to be ended."""
        async with self._claiming:
            claimed = await attempt(self._claim())
            if isinstance(claimed, (Outage, HandlerError)):
                return claimed
            self._begin(claimed)
            return len(claimed)

    def _begin(self, claimed: Sequence[Claimed]) -> None:
        for one in claimed:
            task = asyncio.create_task(self._make(one))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _claim(self) -> list[Claimed]:
        room = AT_ONCE - len(self._running)
        if room <= 0:
            await asyncio.wait(set(self._running), return_when=asyncio.FIRST_COMPLETED)
            return await self._claim()
        if self._draining:
            return []
        async with self._parts.database.transaction() as connection:
            return await outside.claim(connection, uuid4(), room)

    async def _make(self, claimed: Claimed) -> None:
        """Whatever goes wrong: the lease runs out, and then somebody looks again."""
        failure = await attempt(self._make_and_settle(claimed))
        if failure is not None:
            self._parts.log.warning("unsettled-calls-wait", call_id=str(claimed.call.call_id), reason=failure.reason)

    async def _make_and_settle(self, claimed: Claimed) -> None:
        result = await self._perform(claimed)
        if result is not None:
            await self._settle_surely(claimed, result)

    async def _settle_surely(self, claimed: Claimed, result: CallResult) -> None:
        """What was done outside is known here only, so an outage is waited out; else it would be done again.

        A call on whose outcome a handler fails is shelved at once, and after three tries left for a person.
        """
        failures = 0
        while failures < TRIES:
            match await attempt(self._settle(claimed, result)):
                case None:
                    return
                case Outage() as outage:
                    self._parts.log.warning("outcome-waits", reason=outage.reason)
                case HandlerError() as failure:
                    failures += 1
                    self._parts.log.error("outcome-failed", kind=claimed.call.kind, error_class=failure.reason)
                    await attempt(self._shelve(claimed))
            await asyncio.sleep(SETTLE_AGAIN)

    async def _shelve(self, claimed: Claimed) -> None:
        async with self._parts.database.transaction() as connection:
            await outside.shelve(connection, claimed)

    async def _perform(self, claimed: Claimed) -> CallResult | None:
        if claimed.in_doubt and not claimed.call.repeat_in_doubt:
            return CallResult(CallOutcome.IN_DOUBT, "in-doubt")
        if claimed.unanswered >= MAX_UNANSWERED:
            return self._given_up(claimed, NO_ANSWER)
        if not await self._surely_ours(claimed):
            return None
        within = claimed.call.lease_seconds / 2
        match await attempt(asyncio.wait_for(self._parts.perform(claimed.call), within)):
            case CallResult() as result:
                return result
            case failure:
                return await self._unanswered(claimed, failure)

    async def _surely_ours(self, claimed: Claimed) -> bool:
        """Nobody began it yet, so an outage is waited out: a lease that runs out would leave it in doubt."""
        while True:
            match await attempt(self._ours(claimed)):
                case Outage() if not self._draining:
                    await asyncio.sleep(SETTLE_AGAIN)
                case Outage() | HandlerError() as failure:
                    raise failure
                case ours:
                    return ours

    async def _ours(self, claimed: Claimed) -> bool:
        async with self._parts.database.acquire() as connection:
            ours = await outside.still_ours(connection, claimed)
            if not ours:
                await outside.give_back(connection, claimed)
            return ours

    async def _unanswered(self, claimed: Claimed, failure: Outage | HandlerError) -> CallResult | None:
        """Where repeating would be worse than silence, the lease runs out, and the call ends in doubt."""
        call = claimed.call
        self._parts.log.warning("call-unanswered", call_id=str(call.call_id), kind=call.kind, reason=failure.reason)
        if not call.repeat_in_doubt:
            return None
        if claimed.unanswered + 1 >= MAX_UNANSWERED:
            return self._given_up(claimed, NO_ANSWER if isinstance(failure, Outage) else HANDLER_ERROR)
        async with self._parts.database.transaction() as connection:
            await outside.unanswered(connection, claimed, call.lease_seconds / 2 * 2**claimed.unanswered)
        return None

    def _given_up(self, claimed: Claimed, error_class: str) -> CallResult:
        self._parts.metrics.calls_given_up.labels(error_class=error_class).inc()
        call = claimed.call
        self._parts.log.error("call-given-up", call_id=str(call.call_id), kind=call.kind, error_class=error_class)
        return CallResult(CallOutcome.FAILED, error_class)

    async def _settle(self, claimed: Claimed, result: CallResult) -> None:
        if result.retry_after_seconds is not None:
            async with self._parts.database.transaction() as connection:
                await outside.again_later(connection, claimed, result.retry_after_seconds)
            return
        ended = CallEnded(
            call_id=claimed.call.call_id,
            kind=claimed.call.kind,
            subject=claimed.call.subject,
            outcome=result.outcome,
            attempt=claimed.attempt,
            in_doubt=claimed.in_doubt,
            error_class=result.error_class,
            detail=result.detail,
        )
        await self._parts.ended(claimed.desk, ended, claimed.token)
