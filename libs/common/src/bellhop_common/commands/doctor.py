"""bellhop doctor: is everything there that Bellhop needs, and what is to be done if not?"""

import asyncio

import typer

from bellhop_common.command_line.output import JsonFlag, complain, emit, example, show
from bellhop_common.commands import services

UNREACHABLE, WRONG = 3, 1


def register(app: typer.Typer) -> None:
    app.command(epilog=example("bellhop doctor", "bellhop doctor --json router"))(doctor)


def doctor(
    service: services.Names = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Look at settings, Kafka, PostgreSQL, topics, tables, clocks and services, and say what to do about each finding.

    Exit status 1 if anything is wrong, 3 if Kafka or PostgreSQL isn't reachable.
    """
    wrong, unreachable = asyncio.run(_examine(services.chosen(service or []), as_json=as_json))
    if wrong:
        complain(f"{wrong} {'finding' if wrong == 1 else 'findings'}")
        raise typer.Exit(UNREACHABLE if unreachable else WRONG)


async def _examine(names: list[str], *, as_json: bool) -> tuple[int, bool]:
    import time
    from datetime import UTC, datetime

    from bellhop_common.doctor.examine import examine

    wrong, unreachable = 0, False
    async for finding in examine(names, lambda: datetime.fromtimestamp(time.time(), UTC)):
        wrong += not finding.ok
        unreachable = unreachable or finding.unreachable
        if as_json:
            emit(finding.record())
        else:
            show(f"{'ok   ' if finding.ok else 'WRONG'}  {finding.check:<9} {finding.where}: {finding.found}")
            if not finding.ok:
                show(f"                 to do: {finding.advice}")
    return wrong, unreachable
