"""Which commands the local package adds: the stack, and the demo."""

import typer

from bellhop_local.commands import demo, stack


def register(app: typer.Typer) -> None:
    stack.register(app)
    demo.register(app)
