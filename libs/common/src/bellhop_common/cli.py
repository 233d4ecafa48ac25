"""How does the `bellhop` command begin and end? Commands come from the packages, failures go to people."""

import logging
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer
from typer.main import get_command

from bellhop_common.command_line.endings import Ending
from bellhop_common.command_line.plugins import add_commands

_DEBUG = "--debug"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Exit with 0 done and well, 1 done and something is wrong, 2 misuse, 3 not reachable."""
    debug, rest = _without_debug(list(sys.argv[1:] if arguments is None else arguments))
    _hush_drivers()
    with Ending(debug=debug):
        get_command(build_app())(args=rest, prog_name="bellhop")
    sys.exit(0)


def _hush_drivers() -> None:
    """What they log where nobody set up logging, the command itself says in a sentence."""
    if logging.lastResort is not None:
        logging.lastResort.setLevel(logging.CRITICAL)


def build_app() -> typer.Typer:
    """The command with what every installed package adds to it."""
    app = typer.Typer(
        name="bellhop",
        help="Route every customer message to the right person, on time.",
        epilog="Example: bellhop demo",
        no_args_is_help=True,
        # Else rich takes what stands in brackets in a help text for its own marks, and drops it.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_globals)
    add_commands(app)
    return app


def _globals(
    *,
    debug: Annotated[bool, typer.Option(_DEBUG, help="Show where in the code a failure came from.")] = False,
) -> None:
    """Route every customer message to the right person, on time."""
    # Taken out of the arguments before they get here, so that it may stand anywhere.
    del debug


def _without_debug(arguments: list[str]) -> tuple[bool, list[str]]:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    ours = arguments[:end]
    return _DEBUG in ours, [one for one in ours if one != _DEBUG] + arguments[end:]
