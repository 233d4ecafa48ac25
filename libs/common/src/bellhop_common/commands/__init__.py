"""Which commands come with the kernel? Serving, tables, topics, what comes in by files, and looking after it."""

import typer

from bellhop_common.commands import config, customers, dead_letters, doctor, migrate, publish, recover, serve, topics


def register(app: typer.Typer) -> None:
    serve.register(app)
    migrate.register(app)
    topics.register(app)
    publish.register(app)
    customers.register(app)
    dead_letters.register(app)
    recover.register(app)
    doctor.register(app)
    config.register(app)
