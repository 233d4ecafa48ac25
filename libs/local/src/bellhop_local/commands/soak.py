"""bellhop soak: the demo's day for as long as you like, with faults at random moments."""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bellhop_common.errors import Misuse, Wrong

if TYPE_CHECKING:
    from bellhop_local.faults.harms import Harm
    from bellhop_local.faults.schedule import Fault


class Day(StrEnum):
    """Anything at any moment; every harm to every service; Kafka and then PostgreSQL; what kills forget, each once."""

    RANDOM = "random"
    EACH = "each"
    SERVERS = "servers"
    RARE = "rare"


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop soak --minutes 30 --seed 7")(soak)


def soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.2, max=1440, help="How long messages keep arriving.")] = 5.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same day and the same faults.")] = 1,
    day: Annotated[Day, typer.Option(help="How the faults are chosen.")] = Day.RANDOM,
    only: Annotated[
        list[str] | None, typer.Option(help="Only this fault, such as in-mail or disk; may be repeated.")
    ] = None,
    report: Annotated[Path, typer.Option(help="Where the report goes, as Markdown.", metavar="FILE")] = Path("soak.md"),
    data_dir: Annotated[Path | None, typer.Option(help="The soak's own folder; wiped first.", metavar="FOLDER")] = None,
) -> None:
    """Two replicas of each service, a Kafka and a PostgreSQL, all killed, frozen and stopped while messages arrive.

    Exit status 0 only if the history checker finds nothing, and every process came back and left in good order.
    """
    import asyncio

    from rich.console import Console

    from bellhop_local.commands.demo import emptied
    from bellhop_local.faults import report as page
    from bellhop_local.faults.harms import Harm
    from bellhop_local.faults.small_disk import own_disk
    from bellhop_local.faults.trial import Plan, attempt_day
    from bellhop_local.stack.layout import data_folder

    seconds = minutes * 60
    faults = _faults(day, seconds, seed, [_harm(name) for name in only or []])
    folder = emptied(data_dir or data_folder(os.environ).root / "soak")
    left_out: list[str] = []
    if any(one.harm is Harm.DISK for one in faults) and (why := own_disk(folder / "stack")):
        faults = [one for one in faults if one.harm is not Harm.DISK]
        left_out.append(f"{Harm.DISK}: {why}")
        typer.echo(f"Left out: {left_out[0]}", err=True)
    outcome = asyncio.run(attempt_day(Plan(folder, seconds, seed, faults, left_out), Console()))
    report.write_text(page.report(outcome))
    typer.echo(f"The report is in {report}.")
    if outcome.wrong:
        raise Wrong("; ".join(outcome.wrong))


def _faults(day: Day, seconds: float, seed: int, only: "list[Harm]") -> "Sequence[Fault]":
    from bellhop_local.faults import schedule
    from bellhop_local.faults.harms import RARE

    match day:
        case Day.EACH:
            return schedule.on_each_service(seconds, seed)
        case Day.SERVERS:
            return schedule.on_both_servers(seconds, seed)
        case Day.RARE:
            return schedule.one_of_each(seconds, seed, only or RARE)
        case Day.RANDOM:
            return schedule.at_random(seconds, seed, only or schedule.EVERY)


def _harm(name: str) -> "Harm":
    from bellhop_local.faults.harms import Harm

    found = {harm.slug: harm for harm in Harm}
    if name not in found:
        raise Misuse(f"there is no fault {name!r}; there are {', '.join(found)}")
    return found[name]
