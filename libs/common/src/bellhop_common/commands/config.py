"""bellhop config check: what a service would really run with, secrets as stars."""

import typer

from bellhop_common.command_line.output import JsonFlag
from bellhop_common.commands import services
from bellhop_common.commands.telling import tell


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The settings.", no_args_is_help=True)
    group.callback()(_settings)
    group.command("check", epilog="Example: bellhop config check router")(check)
    app.add_typer(group, name="config")


def _settings() -> None:
    """The settings."""


def check(
    service: services.Names = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print the effective settings, redacted; fails where one of them can't be used."""
    from bellhop_common.settings import load_settings

    for name in services.chosen(service or []):
        own = services.own_settings(name)
        found = {**load_settings(name).redacted(), **({} if own is None else own.model_dump(mode="json"))}
        lines = "\n".join(f"  {field} = {value}" for field, value in found.items())
        tell(found, f"{name}\n{lines}", as_json=as_json)
