"""What does a process note of how far it is, and who hears of a part of it that ends unasked?"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from aiokafka import TopicPartition

from bellhop_common.kernel.positions import Positions
from bellhop_common.kernel.supervision import note_ends
from bellhop_common.postgres.database import Connection, Database, PostgresSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = TopicPartition("t", 0)


class JustHeard:
    """A client that heard of an empty partition's end when it was made."""

    def __init__(self) -> None:
        self.at = int(time.time() * 1000)

    def highwater(self, _: TopicPartition) -> int | None:
        return 0

    def last_poll_timestamp(self, _: TopicPartition) -> int | None:
        return self.at


def wall_ms() -> float:
    return time.time() * 1000


def test_a_broker_that_says_nothing_is_noticed() -> None:
    positions, client = Positions(), JustHeard()
    assert positions.silent_for(client, wall_ms()) == 0.0
    positions.begin({FIRST: 0})
    assert positions.silent_for(client, client.at + 4_000) == 4.0


def test_while_records_wait_the_client_asks_for_no_more_and_its_silence_means_nothing() -> None:
    class Behind(JustHeard):
        def highwater(self, _: TopicPartition) -> int | None:
            return 7

    positions, client = Positions(), Behind()
    positions.begin({FIRST: 0})
    assert positions.silent_for(client, client.at + 4_000) == 0.0


class SlowClock:
    """A connection whose clock stands still, and takes its time to say so."""

    def __init__(self) -> None:
        self.seen: list[datetime] = []

    async def fetchval(self, _: str) -> datetime:
        await asyncio.sleep(0.2)
        return NOW

    async def execute(self, _: str, *arguments: list[object]) -> None:
        self.seen += cast(list[datetime], arguments[-1])


class Crowded(Database):
    """Whoever asks for its one connection waits."""

    def __init__(self) -> None:
        super().__init__(PostgresSettings("", ""))
        self.connection = SlowClock()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        await asyncio.sleep(0.2)
        yield cast(Connection, self.connection)


async def test_what_was_seen_grows_old_while_it_waits_for_the_database() -> None:
    database, positions = Crowded(), Positions()
    positions.begin({FIRST: 0})
    await note_ends(database, positions, JustHeard())
    (seen,) = database.connection.seen
    assert NOW - seen >= timedelta(seconds=0.39)


@dataclass
class Steady:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_was_frozen_believes_no_answer_to_what_it_asked_before_whoever_looks_first() -> None:
    steady, client = Steady(), JustHeard()
    positions = Positions(steady)
    positions.begin({FIRST: 0})
    steady.now = 7.0
    assert positions.ends(client, client.at + 100) == {}
    client.at += 900
    assert positions.ends(client, client.at) == {}
    client.at += 500
    assert positions.ends(client, client.at + 500) == {("t", 0): 0.5}


def test_who_only_waits_goes_on_believing() -> None:
    steady, client = Steady(), JustHeard()
    positions = Positions(steady)
    positions.begin({FIRST: 0})
    for _ in range(70):
        steady.now += 0.1
        positions.beat(client.at)
    assert positions.ends(client, client.at + 500) == {("t", 0): 0.5}


async def test_a_process_that_is_frozen_while_it_waits_for_a_connection_notes_nothing_on_waking() -> None:
    steady, client = Steady(), JustHeard()
    database, positions = Crowded(), Positions(steady)
    positions.begin({FIRST: 0})
    noting = asyncio.create_task(note_ends(database, positions, client))
    await asyncio.sleep(0.05)
    steady.now = 7.0
    client.at = int(wall_ms())
    await noting
    assert database.connection.seen == []


def test_a_process_that_was_frozen_has_not_been_idle() -> None:
    positions = Positions()
    positions.moved_at = time.monotonic() - 64
    positions.excuse(63)
    assert 0.9 < time.monotonic() - positions.moved_at < 3


def test_what_is_excused_never_lies_ahead() -> None:
    positions = Positions()
    positions.excuse(60)
    assert positions.moved_at <= time.monotonic()
