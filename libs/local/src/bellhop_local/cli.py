"""Which commands the local package adds: the stack, the demo and the soak."""

import typer

from bellhop_local.commands import demo, soak, stack


def register(app: typer.Typer) -> None:
    stack.register(app)
    demo.register(app)
    soak.register(app)
