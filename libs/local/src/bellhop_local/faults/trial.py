"""Does a day with faults come to a good end? Two replicas of each service, the demo's script, the checker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bellhop_local.demo.run import Demo, Options
from bellhop_local.demo.setting import House
from bellhop_local.demo.tally import Tally
from bellhop_local.faults.schedule import Fault
from bellhop_local.faults.silences import Silence, Silences
from bellhop_local.faults.trouble import Suffered, Trouble

REPLICAS = 2
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Plan:
    folder: Path
    seconds: float
    seed: int
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`wrong` says in words what must not be; empty is a good end."""

    plan: Plan
    good: bool
    proof: str
    tally: Tally
    suffered: Sequence[Suffered]
    silences: Sequence[Silence]
    wrong: Sequence[str]


async def attempt_day(plan: Plan, console: Console) -> Outcome:
    silences = Silences()
    trouble = Trouble(plan.faults, lambda text: console.print(text, highlight=False))
    options = Options(plan.folder, plan.seconds, plan.seed, house=House(REPLICAS, breakable=True), patience=PATIENCE)
    demo = Demo(options, console, trouble.run, silences.hear)
    good = await demo.run()
    wrong = tuple(_wrong(demo, trouble, good))
    return Outcome(plan, good, demo.proof, demo.tally, trouble.suffered, tuple(silences.worst()), wrong)


def _wrong(demo: Demo, trouble: Trouble, good: bool) -> Iterator[str]:  # noqa: FBT001
    if not good:
        yield "the checker found violations"
    yield from trouble.bad_exits
    yield from (f"{one} ended by itself" for one in trouble.ended_alone)
    yield from (
        f"{one.fault.title} at {one.at:.0f} s: not ready again"
        for one in trouble.suffered
        if one.recovered_after is None
    )
    yield from (f"{title} stopped with status {status}" for title, status in demo.statuses.items() if status != 0)
    if demo.tally.open_items:
        yield f"{len(demo.tally.open_items)} work items stayed open: {', '.join(list(demo.tally.open_items)[:5])}"
    if demo.tally.due_notices:
        yield f"{len(demo.tally.due_notices)} notices stayed due: {', '.join(list(demo.tally.due_notices)[:5])}"
