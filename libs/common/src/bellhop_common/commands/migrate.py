"""bellhop migrate: make the tables that the services need."""

import asyncio

import typer

from bellhop_common.command_line.output import JsonFlag
from bellhop_common.commands import services
from bellhop_common.commands.telling import tell


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop migrate router sla")(migrate)


def migrate(
    service: services.Names = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Make or update the tables of one or more services."""
    for name in services.chosen(service or []):
        applied = asyncio.run(_migrate(name))
        tell({"service": name, "applied": applied}, f"{name}: {len(applied)} migrations applied", as_json=as_json)


async def _migrate(name: str) -> list[str]:
    from bellhop_common.postgres.migrations import migrate as apply_migrations
    from bellhop_common.reaching import reaching_postgres
    from bellhop_common.settings import load_settings

    settings = load_settings(name)
    dsn = settings.postgres_dsn.get_secret_value()
    migrations = services.load(name).migrations
    with reaching_postgres(dsn):
        return await apply_migrations(dsn, settings.schema_name, migrations)
