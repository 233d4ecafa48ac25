"""How long does fail-over take? Each kind several times under a steady load, on two replicas of each service."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import httpx2

from bellhop_common.beside import beside
from bellhop_common.errors import Wrong
from bellhop_local.demo import setting
from bellhop_local.demo.doors import Addresses, Doors
from bellhop_local.demo.processes import Replica
from bellhop_local.demo.setting import SECRET, SESSION_SECONDS, House, Scene
from bellhop_local.demo.watcher import Watcher
from bellhop_local.faults.flow import Flow, pour

VICTIM: Final = "router"
SESSION: Final = float(SESSION_SECONDS)
CALM: Final = 1.5
WITHIN: Final = 60.0


class Figure(StrEnum):
    KILLED = "killed: longest wait"
    KILLED_TWICE = "killed: records read twice"
    JOINED = "started again: longest wait"
    LEFT = "left politely: longest wait"
    LEFT_TWICE = "left politely: records read twice"
    LEAVING = "left politely: gone after"
    KAFKA_AWAY = "broker: away for"
    KAFKA_EVENT = "broker: first event after it was up"
    KAFKA_FIRST = "broker: first item after it was up"
    KAFKA_LAST = "broker: last item that had waited"
    POSTGRES_AWAY = "database: away for"
    POSTGRES_EVENT = "database: first event after it was up"
    POSTGRES_FIRST = "database: first item after it was up"
    POSTGRES_LAST = "database: last item that had waited"
    LOST = "accepted and lost"


Names = tuple[Figure, Figure, Figure, Figure]
KAFKA: Final[Names] = (Figure.KAFKA_AWAY, Figure.KAFKA_EVENT, Figure.KAFKA_FIRST, Figure.KAFKA_LAST)
POSTGRES: Final[Names] = (Figure.POSTGRES_AWAY, Figure.POSTGRES_EVENT, Figure.POSTGRES_FIRST, Figure.POSTGRES_LAST)


@dataclass
class Measured:
    """Seconds or counts, one for each time."""

    repeat: int
    values: dict[Figure, list[float]] = field(default_factory=dict)

    def note(self, figure: Figure, value: float) -> None:
        self.values.setdefault(figure, []).append(value)


@dataclass(frozen=True, slots=True)
class Bench:
    scene: Scene
    flow: Flow
    measured: Measured
    say: Callable[[str], None]

    def note(self, figure: Figure, value: float) -> None:
        self.measured.note(figure, value)
        self.say(f"{figure}: {value:.2f}")


async def measure(folder: Path, repeat: int, say: Callable[[str], None]) -> Measured:
    flow, measured = Flow(), Measured(repeat)
    async with (
        setting.scene(folder, say, _clock, House(2, breakable=True)) as scene,
        Watcher(scene.kafka_bootstrap, scene.topic_prefix, flow.hear).watching(),
        Doors(_addresses(scene)) as doors,
        beside(pour(flow, doors), "flow"),
    ):
        await flow.begins(WITHIN)
        bench = Bench(scene, flow, measured, say)
        for number in range(repeat):
            one = scene.services.of(VICTIM)[number % 2]
            await _killed(bench, one)
            await _left(bench, one)
            await _restarted(bench, scene.stack.kill_kafka, scene.stack.start_kafka, KAFKA)
            await _restarted(bench, scene.stack.kill_postgres, scene.stack.start_postgres, POSTGRES)
        bench.note(Figure.LOST, await flow.caught_up(WITHIN))
    return measured


async def _killed(bench: Bench, one: Replica) -> None:
    before, since = await _repeats(bench, one), time.time()
    await one.kill()
    await asyncio.sleep(SESSION + CALM)
    await bench.flow.caught_up(WITHIN)
    bench.note(Figure.KILLED, bench.flow.longest_wait(since))
    bench.note(Figure.KILLED_TWICE, await _repeats(bench, one) - before)
    since = time.time()
    await bench.scene.services.run(one)
    await bench.scene.services.ready(one)
    await asyncio.sleep(CALM)
    await bench.flow.caught_up(WITHIN)
    bench.note(Figure.JOINED, bench.flow.longest_wait(since))


async def _left(bench: Bench, one: Replica) -> None:
    before, since = await _repeats(bench, one), time.time()
    await one.leave()
    bench.note(Figure.LEAVING, time.time() - since)
    await asyncio.sleep(CALM)
    await bench.flow.caught_up(WITHIN)
    bench.note(Figure.LEFT, bench.flow.longest_wait(since))
    bench.note(Figure.LEFT_TWICE, await _repeats(bench, one) - before)
    await bench.scene.services.run(one)
    await bench.scene.services.ready(one)
    await asyncio.sleep(CALM)
    await bench.flow.caught_up(WITHIN)


async def _restarted(
    bench: Bench, kill: Callable[[], Awaitable[None]], start: Callable[[], Awaitable[None]], names: Names
) -> None:
    away, event, first, last = names
    since = time.time()
    await kill()
    await start()
    up = time.time()
    bench.note(away, up - since)
    await asyncio.sleep(CALM)
    await bench.flow.caught_up(WITHIN)
    bench.note(event, bench.flow.first_event_after(up))
    bench.note(first, bench.flow.first_item_after(up))
    bench.note(last, bench.flow.last_of_those_before(up))


async def _repeats(bench: Bench, without: Replica) -> float:
    """How many records the others of its service have met again, so far."""
    ended = [one for one in bench.scene.services.replicas if not one.runs and one is not without]
    if ended:
        raise Wrong(f"{ended[0].title} ended by itself; its log is {ended[0].log}")
    others = [one for one in bench.scene.services.of(without.name) if one is not without]
    async with httpx2.AsyncClient(timeout=10) as client:
        pages = [(await client.get(f"{one.url}/metrics")).text for one in others]
    pattern = rf'^support_{without.name}_records_total{{outcome="repeat"}} (\S+)$'
    return sum(float(found) for page in pages for found in re.findall(pattern, page, re.MULTILINE))


def _addresses(scene: Scene) -> Addresses:
    ports = scene.services.ports
    return Addresses(scene.url("ingest"), ports["lmtp"], scene.kafka_bootstrap, scene.topic_prefix, SECRET)


def _clock() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
