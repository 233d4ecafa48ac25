"""Which commands the local package adds: the stack, and the demo."""

from importlib import import_module
from importlib.util import find_spec

import typer

from bellhop_local.stack import commands

_DEMO = "bellhop_local.demo"


def register(app: typer.Typer) -> None:
    commands.register(app)
    if find_spec(_DEMO) is not None and find_spec(f"{_DEMO}.command") is not None:
        import_module(f"{_DEMO}.command").register(app)
