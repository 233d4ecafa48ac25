"""What is begun no more, and waited for no longer, once a process ends?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from prometheus_client import CollectorRegistry

from bellhop_common.decision import Call, Subject
from bellhop_common.kernel import outside
from bellhop_common.kernel.caller import Caller, CallerParts
from bellhop_common.kernel.outside import Claimed
from bellhop_common.kernel.service import CallResult
from bellhop_common.messaging import consumer
from bellhop_common.messaging.assignment import Assignment, Seams
from bellhop_common.messaging.commits import DeferredCommits
from bellhop_common.messaging.consumer import Consumer, Reading, Records
from bellhop_common.messaging.inbox import Stored
from bellhop_common.observability.health import Health
from bellhop_common.observability.logging import logger
from bellhop_common.observability.metrics import KernelMetrics
from bellhop_common.postgres.database import Connection, Database, PostgresSettings


class Absent(Database):
    """Its connections are never spoken to."""

    def __init__(self) -> None:
        super().__init__(PostgresSettings("", ""))

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        yield cast(Connection, None)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        yield cast(Connection, None)


class Outside:
    """There is always one more call to make."""

    def __init__(self) -> None:
        self.claimed = self.settled = 0

    async def claim(self, *_: object) -> list[Claimed]:
        await asyncio.sleep(0)
        self.claimed += 1
        return [Claimed(Call(uuid4(), "mail", Subject("notice", "1")), "", uuid4(), 1, in_doubt=False)]

    async def still_ours(self, *_: object) -> bool:
        return True

    async def perform(self, _: Call) -> CallResult:
        await asyncio.sleep(0.02)
        return CallResult()

    async def ended(self, *_: object) -> bool:
        self.settled += 1
        return True


async def test_a_caller_that_ends_claims_no_more_and_settles_what_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Outside()
    monkeypatch.setattr(outside, "claim", world.claim)
    monkeypatch.setattr(outside, "still_ours", world.still_ours)
    caller = Caller(
        CallerParts(Absent(), world.perform, world.ended, KernelMetrics("test", CollectorRegistry()), logger("test"))
    )
    running = asyncio.create_task(caller.run())
    await asyncio.sleep(0.05)
    await caller.drain(2)
    await asyncio.wait([running], timeout=2)
    assert running.done()
    assert world.claimed > 0
    assert world.claimed == world.settled


class Silent:
    """A group whose coordinator never answers."""

    async def commit(self, _: dict[TopicPartition, int]) -> None:
        await asyncio.Event().wait()


async def nothing(_: Records) -> None: ...


async def none_stored() -> dict[tuple[str, int], Stored]:
    return {}


async def test_offsets_that_nobody_takes_hold_up_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "FLUSH_SECONDS", 0.05)
    commits = DeferredCommits(logger("test"))
    commits.attach(Silent())
    commits.handled([ConsumerRecord("t", 0, 4, 0, 0, None, b"", None, 0, 0, ())])
    seams = Seams(none_stored, lambda _: None, lambda _: None, commits, Health(logger("test")))
    reading = Reading("127.0.0.1:1", "g", ["t"], 1.5, 5, 40, 10, 10)
    async with asyncio.timeout(2):
        await Consumer(reading, nothing, commits, Assignment(seams)).settle(0.1)
