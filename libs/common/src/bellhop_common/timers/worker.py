"""When does a due timer fire? As soon as everything that could have stopped it has been read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import structlog

from bellhop_common.decision import Subject
from bellhop_common.postgres.database import Connection, Database, clock
from bellhop_common.postgres.errors import TROUBLE, Outage, classify
from bellhop_common.timers import marks, stalls, store
from bellhop_common.timers.readiness import Ready, readiness
from bellhop_common.timers.rests import FIRST_PAUSE, LONGEST_PAUSE, Rests
from bellhop_common.timers.schedule import SUBJECTS_A_TRANSACTION, TimerRow, groups, sleep_for

Place: TypeAlias = tuple[str, int]
Inputs: TypeAlias = Callable[[str, Subject], Sequence[Place]]
Fire: TypeAlias = Callable[[str, Sequence[TimerRow]], Awaitable[object]]

SWEEP: Final = timedelta(seconds=1)
# How soon timers that wait for their inputs, or could not be fired, are looked at again.
LOOK_AGAIN: Final = timedelta(milliseconds=100)
PAGES_A_TURN: Final = 20
# What was judged longer ago, as before another group's long wait or a freeze, is judged anew.
TRUE_FOR: Final = 0.5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TimerSources:
    """`inputs` names the partitions that can hold news of a timer's subject.

    `stalls` names those in which our own lag counts for it, where they are not the same.
    """

    inputs: Inputs
    stalls: Inputs | None = None


class TimerWorker:
    """`fire` gets timers of one desk, locks their subjects, takes the timers that are still there, and decides.

    It raises `Outage` to have them tried again later; its other failures are its own affair.
    """

    def __init__(self, database: Database, fire: Fire, sources: TimerSources) -> None:
        self._database = database
        self._fire = fire
        self._sources = sources
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._cursor: TimerRow | None = None
        self._tried: set[int] = set()
        self._asleep_until: datetime | None = None
        self._behind: set[int] = set()
        self._rests = Rests()

    @property
    def alive(self) -> bool:
        return self._task is not None and not self._task.done()

    async def start(self) -> "asyncio.Task[None]":
        """The task, whose end before `stop` somebody must notice: without it nothing fires."""
        self._task = asyncio.create_task(self._run(), name="timers")
        return self._task

    async def stop(self) -> None:
        """After the group in hand."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait([self._task])

    def notify(self, due_at: datetime | None) -> None:
        """After a commit that set timers: the nearest of their due times, which counts if it is nearer than known."""
        if due_at is not None and (self._asleep_until is None or due_at < self._asleep_until):
            self._wake.set()

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping:
            try:
                await self._sleep(await self._turn())
                pause = FIRST_PAUSE
            except TROUBLE as error:
                outage = classify(error)
                if not isinstance(outage, Outage):
                    raise
                log.warning("timers-wait", reason=outage.reason)
                await self._sleep(timedelta(seconds=pause))
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _turn(self) -> timedelta:
        """Fires what may fire; how long nothing else is to be done."""
        self._asleep_until = None
        self._wake.clear()
        async with self._database.acquire() as conn:
            asked_at = await clock(conn)
            rows = await self._page(conn, asked_at)
            ready = await self._ready(conn, rows) if rows else []
            # What has come due since it was asked for is next, or it would lie until the next sweep.
            next_due = await store.next_due(conn, asked_at)
            now = await clock(conn)
        judged = asyncio.get_running_loop().time()
        for desk, group in groups(ready):
            if self._stopping:
                break
            if asyncio.get_running_loop().time() - judged > TRUE_FOR:
                return timedelta()
            await self._fire_group(desk, group)
        again, self._tried = self._tried, {row.generation for row in ready}
        if self._cursor is not None or self._tried - again:
            return timedelta()
        rest = sleep_for(now, next_due, LOOK_AGAIN if rows else SWEEP)
        self._asleep_until = now + rest
        return rest

    async def _fire_group(self, desk: str, group: Sequence[TimerRow]) -> None:
        """What one desk can't have keeps no other desk waiting."""
        now = asyncio.get_running_loop().time()
        if self._rests.is_resting(desk, now):
            return
        try:
            await self._fire(desk, group)
        except (*TROUBLE, Outage) as error:
            outage = classify(error)
            if not isinstance(outage, Outage):
                raise
            self._rests.failed(desk, now)
            log.warning("timers-wait", reason=outage.reason)
        else:
            self._rests.went_well(desk)

    async def _page(self, conn: Connection, by: datetime) -> list[TimerRow]:
        """The next timers due. Those that wait for their inputs must not keep others from being seen."""
        rows: list[TimerRow] = []
        for _ in range(PAGES_A_TURN):
            page = await store.due(conn, by, self._cursor, SUBJECTS_A_TRANSACTION)
            rows += page
            self._cursor = page[-1] if len(page) == SUBJECTS_A_TRANSACTION else None
            if self._cursor is None:
                break
        return rows

    async def _ready(self, conn: Connection, rows: Sequence[TimerRow]) -> list[TimerRow]:
        known = await marks.read(conn)
        stalled = await stalls.since(conn, min(row.set_at for row in rows))
        now = await clock(conn)
        ready = []
        for row in rows:
            inputs = self._sources.inputs(row.kind, row.subject)
            state = readiness(row.due_at, [known.get(place) for place in inputs], now)
            if isinstance(state, Ready) and not row.behind:
                places = (self._sources.stalls or self._sources.inputs)(row.kind, row.subject)
                ready_at = now if row.generation in self._behind else state.ready_at
                overlapped = stalls.overlaps(stalled, places, row.set_at)
                told = replace(row, ready_at=ready_at, known_until=state.known_until, stalled=overlapped, judged_at=now)
                ready.append(told)
        self._behind = {row.generation for row in rows if row.behind}
        return ready

    async def _sleep(self, duration: timedelta) -> None:
        if not duration or self._stopping:
            return
        try:
            async with asyncio.timeout(duration.total_seconds()):
                await self._wake.wait()
        except TimeoutError:
            return
