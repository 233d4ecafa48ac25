"""bellhop config check: what a service would really run with, secrets as stars."""

from typing import TYPE_CHECKING, Annotated

import typer

from bellhop_common.command_line.output import JsonFlag
from bellhop_common.commands import services
from bellhop_common.commands.telling import tell
from bellhop_common.errors import Misuse

if TYPE_CHECKING:
    from bellhop_common.settings import KernelSettings


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The settings.", no_args_is_help=True)
    group.callback()(_settings_group)
    group.command("check", epilog="Example: bellhop config check router")(check)
    app.add_typer(group, name="config")


def _settings_group() -> None:
    """The settings."""


def check(
    service: Annotated[list[str] | None, typer.Argument(help="Which services; all without any.")] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print the effective settings, redacted; fails where one of them can't be used."""
    for name in services.chosen(service or []):
        found = _settings(name).redacted()
        lines = "\n".join(f"  {field} = {value}" for field, value in found.items())
        tell(found, f"{name}\n{lines}", as_json=as_json)


def _settings(name: str) -> "KernelSettings":
    from pydantic import ValidationError

    from bellhop_common.settings import load_settings

    try:
        return load_settings(name)
    except ValidationError as error:
        wrong = (f"BELLHOP_{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors())
        raise Misuse(f"{name}: {'; '.join(wrong)}") from error
