"""What becomes of a call that was claimed and not begun when the database went away?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from bellhop_common.decision import Call, CallEnded, CallOutcome, Subject
from bellhop_common.kernel import outside
from bellhop_common.kernel.caller import Caller, CallerParts
from bellhop_common.kernel.outside import Claimed
from bellhop_common.kernel.service import CallResult
from bellhop_common.observability.logging import logger
from bellhop_common.observability.metrics import KernelMetrics
from bellhop_common.postgres.database import Connection, Database, PostgresSettings
from support.waiting import until


class Away(Database):
    """Refuses so many times, and is there again."""

    def __init__(self, refusals: int) -> None:
        super().__init__(PostgresSettings("", ""))
        self.refusals = refusals

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        if self.refusals:
            self.refusals -= 1
            raise ConnectionRefusedError
        yield cast(Connection, None)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        yield cast(Connection, None)


class World:
    """One call, claimed in time or `late`."""

    def __init__(self, *, late: bool = False) -> None:
        self.late = late
        self.made: list[Call] = []
        self.ends: list[CallEnded] = []
        self.given_back: list[Claimed] = []
        self.left = [Claimed(Call(uuid4(), "mail", Subject("notice", "1")), "", uuid4(), 1, in_doubt=False)]

    async def claim(self, *_: object) -> list[Claimed]:
        await asyncio.sleep(0)
        claimed, self.left = self.left, []
        return claimed

    async def still_ours(self, *_: object) -> bool:
        return not self.late

    async def give_back(self, _: Connection, claimed: Claimed) -> None:
        self.given_back.append(claimed)

    async def perform(self, call: Call) -> CallResult:
        self.made.append(call)
        return CallResult()

    async def is_settled(self) -> bool:
        return bool(self.ends or self.given_back)

    async def ended(self, _desk: str, end: CallEnded, _token: object) -> bool:
        self.ends.append(end)
        return True


async def made(world: World, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("claim", "still_ours", "give_back"):
        monkeypatch.setattr(outside, name, getattr(world, name))
    metrics = KernelMetrics("test", CollectorRegistry())
    caller = Caller(CallerParts(database, world.perform, world.ended, metrics, logger("test")))
    running = asyncio.create_task(caller.run())
    await until(world.is_settled)
    await caller.drain(2)
    await asyncio.wait([running], timeout=2)
    assert running.done()


async def test_a_call_that_nobody_began_waits_for_the_database_and_is_then_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    await made(world, Away(refusals=2), monkeypatch)
    assert [(end.outcome, end.in_doubt) for end in world.ends] == [(CallOutcome.DONE, False)]
    assert len(world.made) == 1


async def test_a_call_that_came_too_late_is_given_back_unmade(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(late=True)
    await made(world, Away(refusals=1), monkeypatch)
    assert world.made == []
    assert len(world.given_back) == 1
    assert world.ends == []
