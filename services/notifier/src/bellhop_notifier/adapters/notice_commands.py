"""bellhop notices: what will be sent to whom, and when?"""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, emit, example, say, show

if TYPE_CHECKING:
    from bellhop_notifier.adapters.notice_book import PlannedNotice


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="What we say to customers.", no_args_is_help=True)
    group.callback()(_notices)
    group.command("plan", epilog=example("bellhop notices plan --desk shop", "bellhop notices plan --json"))(plan)
    app.add_typer(group, name="notices")


def _notices() -> None:
    """What we say to customers."""


def plan(
    *,
    desk: Annotated[str | None, typer.Option(help="Only of this desk.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the next ones first.")] = 100,
    as_json: JsonFlag = False,
) -> None:
    """List what waits to be sent and which greetings are planned, the next one first."""
    from bellhop_common.events.wire import rfc3339

    found = [one for one in asyncio.run(_read(limit)) if desk is None or one.desk == desk]
    for one in found:
        if as_json:
            emit(one)
        else:
            show(f"{rfc3339(one.due_at)}  {one.kind:<16} {one.state:<10} {one.recipient}")
    if not found and not as_json:
        say("nothing is planned")


async def _read(limit: int) -> "list[PlannedNotice]":
    from bellhop_common.postgres.database import Database, PostgresSettings
    from bellhop_common.reaching import reaching_postgres
    from bellhop_common.settings import load_settings
    from bellhop_notifier.adapters.notice_book import NoticeBook

    settings = load_settings("notifier")
    dsn = settings.postgres_dsn.get_secret_value()
    database = Database(PostgresSettings(dsn, settings.schema_name, pool_size=2))
    with reaching_postgres(dsn):
        await database.open()
    try:
        return await NoticeBook(database).plan(limit)
    finally:
        await database.close()
