"""How do the parts of a running service fit together? The object graph, and the order of start and stop."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

from aiokafka import AIOKafkaConsumer
from prometheus_client import CollectorRegistry

from bellhop_common.kernel import maintenance
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.breaker import Breaker
from bellhop_common.kernel.caller import Caller, CallerParts
from bellhop_common.kernel.deskwork import DeskWork
from bellhop_common.kernel.ends import Ends, why
from bellhop_common.kernel.firing import Firing
from bellhop_common.kernel.inputs import Inputs
from bellhop_common.kernel.intake import Intake
from bellhop_common.kernel.parked_worker import ParkedWorker
from bellhop_common.kernel.positions import Positions
from bellhop_common.kernel.readiness import Needs, insist, wait_for
from bellhop_common.kernel.reading import BatchLoop, Hands, Seen
from bellhop_common.kernel.service import Service
from bellhop_common.kernel.supervision import Supervision, Watched
from bellhop_common.kernel.unit import Executed, Unit
from bellhop_common.kernel.wiring import Wiring
from bellhop_common.messaging import inbox
from bellhop_common.messaging.assignment import Assignment, Seams
from bellhop_common.messaging.commits import DeferredCommits
from bellhop_common.messaging.consumer import Consumer, Reading
from bellhop_common.messaging.parse import Reader
from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.observability.health import Health
from bellhop_common.observability.logging import logger
from bellhop_common.observability.metrics import KernelMetrics
from bellhop_common.postgres.database import Database, PostgresSettings
from bellhop_common.postgres.errors import HandlerError, Outage
from bellhop_common.postgres.outbox import Outbox
from bellhop_common.settings import KernelSettings
from bellhop_common.timers.worker import TimerSources, TimerWorker

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

PUBLISHER_STOP = 5.0
# Kept for what comes after a step that takes all the time there is.
LAST_SECONDS = 1.0
A_MOMENT = 0.1
TIDY_EVERY = 3_600.0


class Runtime(Generic[StateT, InputT, EventT]):
    """One process of one service. `exit_status` is set when it must end by itself."""

    def __init__(
        self, service: Service[StateT, InputT, EventT], settings: KernelSettings, ends: Ends | None = None
    ) -> None:
        self.service = service
        self.settings = settings
        self.log = logger(service.name)
        self.registry = CollectorRegistry()
        self.metrics = KernelMetrics(service.name, self.registry)
        self.health = Health(self.log)
        self.database = Database(
            PostgresSettings(settings.postgres_dsn.get_secret_value(), settings.schema_name, settings.pool_size)
        )
        self.needs = Needs.of(service, settings)
        self.outbox = Outbox(service.name, self.needs.partitions)
        self.publisher = CombiningPublisher(self.database, settings.kafka_bootstrap)
        self.exit_status = 0
        self._ends = ends or Ends()
        self._tasks: list[asyncio.Task[None]] = []
        self._background = AsyncExitStack()
        self._build()

    def _build(self) -> None:
        self.wiring = Wiring(
            service=self.service.name,
            group=self.settings.group,
            database=self.database,
            outbox=self.outbox,
            metrics=self.metrics,
            publisher=self.publisher,
            failure_window=self.settings.failure_window,
            reference_patience=self.settings.reference_patience,
            timer_set=self._notify_timers,
            call_made=self._wake_caller,
        )
        self.unit = Unit(self.service, self.wiring)
        self.work = DeskWork(self.unit, self.wiring, Breaker(), self.log)
        self._positions = Positions()
        self._commits = DeferredCommits(self.log)
        self._assignment = Assignment(
            Seams(self._stored, self.fatal, self._positions.begin, self._commits, self.health)
        )
        self._inputs = Inputs(self.service, self._reader(), self._assignment.log_starts, self.clock)
        intake = Intake(self._inputs, self.work, self.settings.desks_in_parallel)
        hands = Hands(self.fatal, self._states_first)
        self._loop = BatchLoop(intake, Seen(self.health, self.metrics, self._positions), hands)
        self._consumer = Consumer(self._reading(), self._loop.take, self._commits, self._assignment)
        self._parked = ParkedWorker(intake, self.work)
        sources = TimerSources(self.service.timer_inputs, self.service.timer_stalls)
        self._timers = TimerWorker(self.database, Firing(self.work).fire, sources)
        self._caller = self._build_caller()
        watched = Watched(self.database, self._consumer, self.publisher, self._positions, self.health, self.metrics)
        self._supervision = Supervision(watched, self.settings.stuck_after, self._stuck)

    def _notify_timers(self, due_at: datetime) -> None:
        self._timers.notify(due_at)

    def _wake_caller(self) -> None:
        if self._caller is not None:
            self._caller.wake()

    @property
    def client(self) -> AIOKafkaConsumer | None:
        """For looking at, not for reading."""
        return self._consumer.client

    def clock(self) -> datetime:
        """For rough ages only; what is due, the database's clock decides."""
        return datetime.fromtimestamp(time.time(), UTC)

    async def execute(self, desk: str, command: InputT, command_id: UUID) -> Executed[StateT, EventT]:
        """A command by HTTP, in its own transaction, answered at once."""
        return await self.unit.execute(desk, command, command_id)

    async def start(self) -> None:
        """Waits for topics and tables, saying so, and then consumes."""
        await wait_for(self.needs, self.health)
        await insist(self.health, "tables", self.database.open)
        await insist(self.health, "tables", self._load_outbox)
        for task in (await self.publisher.start(), await self._timers.start()):
            task.add_done_callback(self._ended)
        if self.service.reads:
            await insist(self.health, "consumer", self._consumer.start)
        for background in self.service.background:
            await self._background.enter_async_context(background(self))
        looks = [self._supervision.stay_awake, self._supervision.note_marks, self._supervision.watch]
        loops = [self._tidy, self._commits.run, self._parked.run, *looks]
        loops += [] if self._caller is None else [self._caller.run]
        self._tasks = [asyncio.create_task(loop(), name=loop.__qualname__) for loop in loops]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        self.health.started = True
        self.log.info("started", group=self.settings.group, topics=len(self.needs.reads))

    async def stop(self, within: float | None = None) -> None:
        """Readiness off, no more in, finish what is in hand, commit, leave the group, publish what is ours."""
        self.health.stopping = True
        self._loop.give_up()
        self._parked.stop()
        until = time.monotonic() + (within or self.settings.stop_timeout) - LAST_SECONDS
        for name, step in self._last_steps().items():
            await self._take_last(name, step, max(until - time.monotonic(), A_MOMENT))
        self.log.info("stopped", exit_status=self.exit_status)

    def _last_steps(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """Calls end first, since the background may hold what they are made with; what it gives back ends after it.

        Nothing need have been started.
        """
        drain = _nothing if self._caller is None else self._caller.drain
        return {
            "calls": partial(drain, PUBLISHER_STOP),
            "background": self._background.aclose,
            "calls given back": partial(drain, LAST_SECONDS),
            "consumer": self._consumer.stop,
            "timers": self._timers.stop,
            "tasks": self._end_tasks,
            "publisher": partial(self.publisher.stop, PUBLISHER_STOP),
            "database": self.database.close,
        }

    async def _take_last(self, name: str, step: Callable[[], Awaitable[object]], within: float) -> None:
        """One that hangs or fails keeps none of the others from being taken."""
        failure = await attempt(asyncio.wait_for(step(), within))
        if isinstance(failure, (Outage, HandlerError)):
            self.log.warning("stop-cut-short", step=name, reason=failure.reason)

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def fatal(self, error: Exception) -> None:
        """Ends the process in good order, with a failure."""
        if self.exit_status:
            return
        self.exit_status = 1
        self.health.failed = why(error)
        self.log.critical("ending", reason=self.health.failed)
        self._consumer.pause()
        self._ends.politely()

    def _stuck(self, reason: str) -> None:
        self.exit_status = 1
        self.health.failed = reason
        self.log.critical("stuck", reason=reason)
        self._ends.at_once()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None and isinstance(error, Exception):
            self.fatal(error)

    def _states_first(self, seconds: float) -> None:
        states = {name for name, topic in self.needs.reads.items() if topic.compacted}
        self._consumer.let_go_first(states, seconds)

    async def _tidy(self) -> None:
        """Days of handled ids are made ahead and dropped behind; whatever fails is tried again within the hour."""
        while True:
            failure = await attempt(maintenance.tidy(self.database, self.settings.identity_horizon))
            if failure is not None:
                self.log.warning("tidying-failed", reason=failure.reason)
            await asyncio.sleep(TIDY_EVERY)

    async def _load_outbox(self) -> None:
        async with self.database.acquire() as connection:
            await self.outbox.load(connection)

    async def _stored(self) -> dict[tuple[str, int], inbox.Stored]:
        async with self.database.acquire() as connection:
            return await inbox.stored(connection, self.settings.group)

    def _reader(self) -> Reader:
        return Reader(self.needs.reads, self.needs.structured, self.settings.identity_horizon)

    def _reading(self) -> Reading:
        return Reading(
            bootstrap=self.settings.kafka_bootstrap,
            group=self.settings.group,
            topics=sorted(self.needs.reads),
            session_timeout=self.settings.session_timeout,
            rebalance_timeout=self.settings.rebalance_timeout,
            max_records=self.settings.max_records,
            batch_timeout_ms=self.settings.batch_timeout_ms,
            stop_timeout=self.settings.stop_timeout,
        )

    def _build_caller(self) -> Caller | None:
        if self.service.perform is None:
            return None
        return Caller(CallerParts(self.database, self.service.perform, self.unit.ended, self.metrics, self.log))


async def _nothing(_: float) -> None:
    pass
