"""Which commands does ingest add to `bellhop`?"""

import typer

from bellhop_common.command_line.output import example
from bellhop_ingest.adapters.offline import normalise_files


def register(app: typer.Typer) -> None:
    app.command(
        name="normalise",
        epilog=example("bellhop normalise --json email message.eml", "bellhop normalise whatsapp webhook.json"),
    )(normalise_files)
