"""Where a command's words go: JSON Lines and results to stdout, everything else to stderr."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON object per line on stdout, nothing else there.")]
"""The type of a command's `as_json` parameter."""


def emit(record: object) -> None:
    """Write one JSON object as a line on stdout: a mapping, a dataclass or a pydantic model."""
    import orjson

    typer.echo(orjson.dumps(record, default=_plain, option=orjson.OPT_UTC_Z).decode())


def say(line: str) -> None:
    """Tell a person something that is not the result."""
    _stderr().print(line, soft_wrap=True, markup=False)


def show(line: str) -> None:
    """Print a result for people."""
    from rich.console import Console

    Console(highlight=False).print(line, soft_wrap=True, markup=False)


def complain(line: str, kind: str = "error") -> None:
    console = _stderr()
    console.print(f"bellhop: {kind}:", style="bold red" if kind == "error" else "yellow", end=" ")
    console.print(line, soft_wrap=True, markup=False)


def example(*lines: str) -> str:
    """The epilog of a command's help."""
    return "\n\n".join(f"Example: {line}" for line in lines)


def _stderr() -> "Console":
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def _plain(value: object) -> object:
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
