"""Which commands the local package adds: the stack, the demo, the soak and the fail-over figures."""

import typer

from bellhop_local.commands import demo, failover, soak, stack


def register(app: typer.Typer) -> None:
    stack.register(app)
    demo.register(app)
    soak.register(app)
    failover.register(app)
