"""bellhop failover: how long work stands still when a replica or a server dies, measured."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bellhop_common.errors import Wrong


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop failover --repeat 5 --page docs/failover.md")(failover)


def failover(
    *,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="How often each is tried.")] = 5,
    page: Annotated[
        Path | None, typer.Option(help="A page whose figures are replaced.", metavar="FILE", exists=True)
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="A folder of its own; wiped first.", metavar="FOLDER")] = None,
) -> None:
    """Kill and start a replica, the broker and the database under a steady load, and tell how long work stood still.

    Exit status 1 if the worst case is over what is promised.
    """
    import asyncio

    from bellhop_common.command_line.output import say, show
    from bellhop_local.commands.demo import emptied
    from bellhop_local.faults import failover_page
    from bellhop_local.faults.failover import measure
    from bellhop_local.stack.layout import data_folder

    folder = emptied(data_dir or data_folder(os.environ).root / "failover")
    measured = asyncio.run(measure(folder, repeat, say))
    for line in failover_page.table(measured):
        show(line)
    if page is not None:
        failover_page.write_into(page, measured)
    if broken := list(failover_page.broken(measured)):
        raise Wrong("; ".join(broken))
