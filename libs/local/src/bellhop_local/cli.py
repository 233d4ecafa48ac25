"""Which commands the local package adds: the stack, the demo, the soak, the fail-over figures and the fuzzers."""

import typer

from bellhop_local.commands import demo, failover, fuzz, soak, stack


def register(app: typer.Typer) -> None:
    stack.register(app)
    demo.register(app)
    soak.register(app)
    failover.register(app)
    fuzz.register(app)
