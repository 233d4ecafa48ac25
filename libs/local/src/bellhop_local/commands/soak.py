"""bellhop soak: the demo's day for as long as you like, with faults at random moments."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bellhop_common.errors import Wrong


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop soak --minutes 30 --seed 7")(soak)


def soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.2, max=1440, help="How long messages keep arriving.")] = 5.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same day and the same faults.")] = 1,
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
    from bellhop_local.faults.schedule import at_random
    from bellhop_local.faults.trial import Plan, attempt_day
    from bellhop_local.stack.layout import data_folder

    folder = emptied(data_dir or data_folder(os.environ).root / "soak")
    seconds = minutes * 60
    outcome = asyncio.run(attempt_day(Plan(folder, seconds, seed, at_random(seconds, seed)), Console()))
    report.write_text(page.report(outcome))
    typer.echo(f"The report is in {report}.")
    if outcome.wrong:
        raise Wrong("; ".join(outcome.wrong))
