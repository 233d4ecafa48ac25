"""Which packages add commands, and what happens when one of them can't."""

from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points

import typer

from bellhop_common.command_line.output import complain

GROUP = "bellhop.commands"

Register = Callable[[typer.Typer], None]

# Whatever a module may raise while it is imported, short of a wish to end the program.
_BROKEN = (
    ImportError,
    SyntaxError,
    NameError,
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    RuntimeError,
    OSError,
)


def add_commands(app: typer.Typer, found: Iterable[EntryPoint] | None = None) -> None:
    """A package that can't be imported is named on stderr; the others' commands still work."""
    for entry in sorted(entry_points(group=GROUP) if found is None else found, key=lambda entry: entry.name):
        try:
            register: Register = entry.load()
            register(app)
        except _BROKEN as error:
            complain(f"the commands of {entry.value} are missing: {type(error).__name__}: {error}", kind="warning")
