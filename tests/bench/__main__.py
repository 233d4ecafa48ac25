"""make bench: measure the goals, show the figures, and keep them in `docs/benchmarks.md`."""

import asyncio
import os
import shutil
import time
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bellhop_local.commands.demo import emptied
from bellhop_local.stack.layout import data_folder
from bench import page, table
from bench.claims import findings
from bench.hands import hands
from bench.machine import facts
from bench.rounds import CONTACTS, Bench, Scale
from bench.servers import servers
from bench.table import Sheet

PARTS: Final = "abcdef"
ENOUGH_ROUNDS: Final = 7


def main(
    *,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="How often each contestant runs.")] = ENOUGH_ROUNDS,
    only: Annotated[str, typer.Option(help="Some of a,b,c,d,e,f.", metavar="PARTS")] = ",".join(PARTS),
    contacts: Annotated[int, typer.Option(min=100, max=3_500, help="A round of the fast ones.")] = CONTACTS,
    write: Annotated[bool, typer.Option("--write", help="Into the page, though not everything was measured.")] = False,
) -> None:
    """Measure the router against baselines, and timers and memory against bounds, on two brokers and a database."""
    parts = only.replace(",", "").lower()
    if not parts or set(parts) - set(PARTS):
        raise typer.BadParameter(f"--only takes some of {', '.join(PARTS)}; got {only!r}")
    folder = emptied(data_folder(os.environ).root / "bench")
    sheets = asyncio.run(measure(folder, rounds, Scale(contacts=contacts), parts))
    shutil.rmtree(folder)
    whole = set(parts) == set(PARTS) and rounds >= ENOUGH_ROUNDS
    if whole or write:
        page.write(sheets, rounds)


async def measure(folder: Path, rounds: int, scale: Scale, parts: str) -> list[Sheet]:
    console, began = Console(), time.monotonic()

    def say(what: str) -> None:
        console.print(f"{time.monotonic() - began:6.0f} s  {what}", highlight=False)

    async with servers(folder) as where, hands() as both:
        bench = Bench(where, both, folder, scale, parts)
        await bench.prepare()
        for number in range(1, rounds + 1):
            say(f"round {number} of {rounds}")
            await bench.round(number, lambda title: say(f"  {title}"))
        known = await facts(where.dsn)
    sheets = [table.goals(findings(bench.series)), table.measured(bench.series), table.machine(known)]
    for sheet in sheets:
        console.print(sheet.terminal())
    return sheets


if __name__ == "__main__":
    typer.run(main)
