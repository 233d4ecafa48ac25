"""Who parses what strangers send? A few child processes with limits, replaced when one of them has to die."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Self

from bellhop_common.errors import BellhopError
from bellhop_ingest.adapters.parser_frames import Job, read_outcomes, write_job
from bellhop_ingest.adapters.unreadable import EMAIL, unreadable
from bellhop_ingest.domain.outcomes import Outcome
from bellhop_ingest.domain.reception import Reception

_LAST_BREATH = 1.0
_COMMAND = ("-P", "-m", "bellhop_ingest.adapters.parser_worker")


@dataclass(frozen=True, slots=True)
class ParserLimits:
    """`wall` allows for a busy machine; `jobs` bounds what may leak."""

    cpu_seconds: int = 2
    wall: timedelta = timedelta(seconds=10)
    start: timedelta = timedelta(seconds=60)
    jobs: int = 1_000


class ParserUnavailable(BellhopError):
    """No fault of the message's: it is to be offered again later."""


class Death(StrEnum):
    """`TOO_COSTLY` is the message's own doing; after the others it gets a second process.

    The machine may have been out of memory, or this process frozen while the answer lay in the pipe.
    """

    TOO_LONG = "took too long"
    TOO_COSTLY = "took more processor time than it may"
    KILLED = "its parser died twice"


@dataclass(slots=True)
class _Parser:
    process: Process
    jobs: int = 0


class ParserPool:
    """At most `size` parses at a time; further ones wait their turn."""

    def __init__(self, size: int = 2, limits: ParserLimits | None = None) -> None:
        self._limits = limits or ParserLimits()
        self._places = asyncio.Semaphore(size)
        self._idle: list[_Parser] = []
        self._all: set[Process] = set()
        self._stopped = False
        self.deaths = 0

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of those that run."""
        return tuple(process.pid for process in self._all)

    async def start(self) -> None:
        """Have one process ready, so that the first message needn't wait for its imports."""
        self._idle.append(await self._begin())

    async def stop(self) -> None:
        self._stopped = True
        self._idle.clear()
        for process in tuple(self._all):
            await self._end(process)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def parse(self, raw: bytes, reception: Reception) -> tuple[Outcome, ...]:
        return await self.normalise(EMAIL, raw, reception)

    async def normalise(self, channel: str, raw: bytes, reception: Reception) -> tuple[Outcome, ...]:
        """At least one outcome; a body that costs its process its life is unreadable.

        Raises `ParserUnavailable`, also where no answer came in time: a body without end runs out of processor time.
        """
        job = Job(channel, raw, reception, self._limits.cpu_seconds)
        async with self._places:
            first = answer = await self._attempt(job)
            if first is Death.KILLED or first is Death.TOO_LONG:
                answer = await self._attempt(job)
        if not isinstance(answer, Death):
            return answer
        if answer is not Death.TOO_COSTLY and Death.TOO_LONG in (first, answer):
            raise ParserUnavailable("no parser answers in time")
        return (unreadable(channel, raw, reception, answer.value),)

    async def _attempt(self, job: Job) -> tuple[Outcome, ...] | Death:
        parser = self._idle.pop() if self._idle else await self._begin()
        try:
            async with asyncio.timeout(self._limits.wall.total_seconds()):
                outcomes = await self._ask(parser.process, job)
        except TimeoutError:
            return await self._bury(parser.process, Death.TOO_LONG)
        except (asyncio.IncompleteReadError, ConnectionError):
            return await self._bury(parser.process, Death.KILLED)
        except BaseException:
            await self._end(parser.process)
            raise
        await self._rest(parser)
        return outcomes

    async def _bury(self, process: Process, death: Death) -> Death:
        """Of a process that is dying already asyncio must hear the cause before anybody kills it once more."""
        if death is Death.KILLED:
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _LAST_BREATH)
        await self._end(process)
        if self._stopped:
            raise ParserUnavailable("the parser processes are being stopped")
        self.deaths += 1
        return Death.TOO_COSTLY if process.returncode == -signal.SIGXCPU else death

    async def _ask(self, process: Process, job: Job) -> tuple[Outcome, ...]:
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("a parser process without pipes")
        process.stdin.write(write_job(job))
        await process.stdin.drain()
        return await read_outcomes(process.stdout)

    async def _rest(self, parser: _Parser) -> None:
        parser.jobs += 1
        if parser.jobs < self._limits.jobs:
            self._idle.append(parser)
        else:
            await self._end(parser.process)

    async def _begin(self) -> _Parser:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )
        self._all.add(process)
        try:
            async with asyncio.timeout(self._limits.start.total_seconds()):
                await self._ready(process)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await self._end(process)
            raise ParserUnavailable("a parser process does not start") from error
        return _Parser(process)

    async def _ready(self, process: Process) -> None:
        if process.stdout is None:
            raise ConnectionError("a parser process without pipes")
        await read_outcomes(process.stdout)

    async def _end(self, process: Process) -> None:
        self._all.discard(process)
        if process.returncode is None:
            process.kill()
        await process.wait()
