"""Which commands come with the kernel? Serving, tables, topics, dead letters and configuration."""

import typer

from bellhop_common.commands import config, dead_letters, migrate, serve, topics


def register(app: typer.Typer) -> None:
    serve.register(app)
    migrate.register(app)
    topics.register(app)
    dead_letters.register(app)
    config.register(app)
