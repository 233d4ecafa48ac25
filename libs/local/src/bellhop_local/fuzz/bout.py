"""Does a door stand a time of attacks? Each one answered in time, memory in bounds, a good message handled after it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import httpx2

from bellhop_local.fuzz.doors import Door, Wrong
from bellhop_local.fuzz.memory import most_grown

ANSWER_SECONDS: Final = 5.0
# Behind a topic full of bad records a good one waits its turn.
PROOF_SECONDS: Final = 30.0
MOST_GROWTH_MIB: Final = 256.0
MOST_WRONGS: Final = 20
WATCH_EVERY: Final = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """`number` and the seed give the same attack again."""

    door: str
    number: int
    wrong: Wrong

    def __str__(self) -> str:
        return f"{self.door}, attack {self.number}: {self.wrong.what}\n    sent {self.wrong.sent}"


@dataclass(frozen=True, slots=True)
class Bout:
    door: str
    attacks: int
    slowest_seconds: float
    grown_mib: float
    found: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Rules:
    """`memory` measures the processes of the services, in MiB."""

    seconds: float
    seed: int
    memory: Callable[[], Mapping[int, float]]


def chance_of(seed: int, door: str, number: int) -> Random:
    return Random(f"{seed}/{door}/{number}")


async def fight(door: Door, rules: Rules) -> Bout:
    began, found = time.monotonic(), list[Found]()
    number, slowest = 0, 0.0
    async with _watched(rules.memory) as peak:
        while time.monotonic() - began < rules.seconds and len(found) < MOST_WRONGS:
            since = time.monotonic()
            wrong = await _answered(door, rules.seed, number)
            slowest = max(slowest, time.monotonic() - since)
            found += [] if wrong is None else [Found(door.name, number, wrong)]
            number += 1
        found += [Found(door.name, number, wrong) for wrong in await _proven(door)]
    if peak.grown > MOST_GROWTH_MIB:
        too_much = Wrong(f"a process grew by {peak.grown:.0f} MiB", "all of it")
        found.append(Found(door.name, number, too_much))
    return Bout(door.name, number, slowest, peak.grown, tuple(found))


async def _answered(door: Door, seed: int, number: int) -> Wrong | None:
    """No answer in time counts if it comes late a second time too: the first time the machine may have been busy."""
    for _ in range(2):
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await door.attack(chance_of(seed, door.name, number))
        except (TimeoutError, httpx2.TimeoutException):
            continue
        except (httpx2.TransportError, OSError) as error:
            return Wrong(f"the line broke: {type(error).__name__} {error}", "see the attack's number")
    return Wrong(f"no answer within {ANSWER_SECONDS:.0f} s, twice", "see the attack's number")


async def _proven(door: Door) -> Sequence[Wrong]:
    try:
        async with asyncio.timeout(PROOF_SECONDS):
            return await door.prove()
    except (TimeoutError, httpx2.TransportError, OSError) as error:
        return (Wrong(f"a good message isn't handled afterwards: {type(error).__name__} {error}", ""),)


@dataclass(slots=True)
class _Peak:
    grown: float = 0.0


@asynccontextmanager
async def _watched(memory: Callable[[], Mapping[int, float]]) -> AsyncIterator[_Peak]:
    before, peak = memory(), _Peak()

    async def watch() -> None:
        while True:
            peak.grown = max(peak.grown, most_grown(before, memory()))
            await asyncio.sleep(WATCH_EVERY)

    task = asyncio.create_task(watch(), name="memory")
    try:
        yield peak
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def together(bouts: Sequence[Bout]) -> Sequence[Bout]:
    """One for each door, of several rounds."""
    found: dict[str, Bout] = {}
    for one in bouts:
        known = found.get(one.door)
        found[one.door] = one if known is None else _sum(known, one)
    return tuple(found.values())


def _sum(one: Bout, other: Bout) -> Bout:
    return replace(
        one,
        attacks=one.attacks + other.attacks,
        slowest_seconds=max(one.slowest_seconds, other.slowest_seconds),
        grown_mib=max(one.grown_mib, other.grown_mib),
        found=(*one.found, *other.found),
    )
