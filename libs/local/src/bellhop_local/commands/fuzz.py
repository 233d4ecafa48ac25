"""bellhop fuzz: bad input at every door of running services, for as long as you like."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bellhop_common.errors import Wrong


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop fuzz --minutes 10 --seed 7")(fuzz)


def fuzz(
    *,
    minutes: Annotated[float, typer.Option(min=0.1, max=1440, help="How long, all doors together.")] = 5.0,
    seed: Annotated[int, typer.Option(help="The same seed throws the same at each door.")] = 1,
    door: Annotated[list[str] | None, typer.Option(help="Only this door; may be repeated.", metavar="NAME")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="A folder of its own; wiped first.", metavar="FOLDER")] = None,
) -> None:
    """Throw damaged mails, requests, frames, records and desk files at every door, round after round.

    Exit status 0 only if each got an answer within 5 s, no process grew by 256 MiB, and good messages were still taken.
    """
    import asyncio

    from rich.console import Console

    from bellhop_local.commands.demo import emptied
    from bellhop_local.fuzz.campaign import Orders, attack
    from bellhop_local.stack.layout import data_folder

    folder = emptied(data_dir or data_folder(os.environ).root / "fuzz")
    found = asyncio.run(attack(Orders(folder, minutes * 60, seed, tuple(door or ())), Console()))
    if found:
        raise Wrong(f"{len(found)} answers that nobody may get")
