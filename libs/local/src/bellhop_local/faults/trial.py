"""Does a day with faults come to a good end? Two replicas of each service, the demo's script, the checker."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from bellhop_local.demo.run import Demo, Options
from bellhop_local.demo.setting import House, Scene
from bellhop_local.demo.tally import Tally
from bellhop_local.faults.ahead import Told, fired_ahead, read_all, save
from bellhop_local.faults.schedule import Fault
from bellhop_local.faults.silences import Silence, Silences
from bellhop_local.faults.trouble import Suffered, Trouble

REPLICAS: Final = 2
PATIENCE: Final = 120.0
SUSPECTS: Final = "suspects.jsonl"
# What the checker can only say with all that was noted of the day; each must have been judged.
JUDGED: Final = (
    "contacts: accepted",
    "notices: mails",
    "dead letters: origins",
    "rest: offers",
    "rest: commands",
    "rest: rows",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """`left_out` says in words which faults were asked for and can't be made here."""

    folder: Path
    seconds: float
    seed: int
    faults: Sequence[Fault]
    left_out: Sequence[str] = ()


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
    early: list[str] = []

    async def look(scene: Scene) -> None:
        told = await read_all(scene.kafka_bootstrap, scene.topic_prefix)
        ahead = list(fired_ahead(told))
        early.extend(one.words for one in ahead)
        suspects = {one.conversation_id for one in ahead} | _conversations(told, demo.tally.open_items)
        if suspects:
            save(told, suspects, plan.folder / SUSPECTS)
            console.print(f"What was said of {len(suspects)} conversations is in {plan.folder / SUSPECTS}.")

    demo.afterwards = look
    good = await demo.run()
    wrong = (*_wrong(demo, trouble, good), *early)
    return Outcome(plan, good, demo.proof, demo.tally, trouble.suffered, tuple(silences.worst()), wrong)


def _conversations(told: Sequence[Told], items: Collection[str]) -> set[str]:
    return {one.text("conversation_id") for one in told if one.text("work_item_id") in items}


def _wrong(demo: Demo, trouble: Trouble, good: bool) -> Iterator[str]:  # noqa: FBT001
    if not good:
        yield "the checker found violations"
    yield from (f"the checker didn't say ok of {name}" for name in unproven(demo.proof))
    yield from (*trouble.failures, *demo.failures)
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


def unproven(proof: str) -> Iterator[str]:
    """Those of `JUDGED` that the checker left unchecked: nobody violated them, and nobody looked."""
    said = {
        name: line.removeprefix(name).split() for line in proof.splitlines() for name in JUDGED if line.startswith(name)
    }
    yield from (name for name in JUDGED if said.get(name, [])[:1] != ["ok"])
