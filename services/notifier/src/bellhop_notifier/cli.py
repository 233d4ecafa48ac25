"""Which commands does the notifier add to `bellhop`?"""

import typer

from bellhop_notifier.adapters import notice_commands, template_commands


def register(app: typer.Typer) -> None:
    template_commands.add_to(app)
    notice_commands.add_to(app)
