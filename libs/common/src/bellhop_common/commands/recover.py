"""bellhop recover: what must happen after a database was restored, before any service runs on it."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, example
from bellhop_common.commands import services
from bellhop_common.commands.telling import tell


def register(app: typer.Typer) -> None:
    app.command(epilog=example("bellhop recover", "bellhop recover router --at-least 3"))(recover)


def recover(
    service: services.Names = None,
    *,
    at_least: Annotated[
        int, typer.Option(min=1, help="For a second restore from the same backup: above the epoch that was.")
    ] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Begin a new epoch after a database was restored, so that readers tell its events from the lost ones.

    Refuses while any of the services runs.
    """
    for name, epoch in asyncio.run(_recover(services.chosen(service or []), at_least)).items():
        tell({"service": name, "epoch": epoch}, f"{name}: epoch {epoch}", as_json=as_json)


async def _recover(names: Sequence[str], at_least: int) -> dict[str, int]:
    """All are looked at first, so that none is changed where one still runs."""
    from bellhop_common.commands.dead_letter_book import book_of
    from bellhop_common.postgres.recovery import raise_epoch, refuse_while_running

    for name in names:
        async with book_of(name) as connection:
            await refuse_while_running(connection)
    epochs: dict[str, int] = {}
    for name in names:
        async with book_of(name) as connection:
            epochs[name] = await raise_epoch(connection, at_least)
    return epochs
