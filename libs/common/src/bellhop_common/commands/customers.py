"""bellhop customers: bring in who the customers are."""

from pathlib import Path
from typing import Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, example
from bellhop_common.commands.publish import DryRun


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Who the customers are.", no_args_is_help=True)
    group.callback()(_customers)
    examples = example("bellhop customers import customers.csv", "bellhop customers import --dry-run customers.jsonl")
    group.command("import", epilog=examples)(import_customers)
    app.add_typer(group, name="customers")


def _customers() -> None:
    """Who the customers are."""


def import_customers(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header line, or JSON Lines.")],
    *,
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """Add customers or change them; wrong rows are named and left out, and a repeat changes nothing.

    Each row names its customer by customer_id, or by external_system with external_id. What else it fills replaces
    what is known: name, email, phone, locale, time_zone, birthday, vip, segment and the other fields of a profile;
    email and phone together replace all known addresses.
    """
    import time
    from datetime import UTC, datetime

    from bellhop_common.events.topics import CUSTOMER_COMMAND
    from bellhop_common.feeding import customers, rows
    from bellhop_common.feeding.feed import Feed, Target
    from bellhop_common.settings import load_settings

    settings = load_settings("common")
    target = Target(
        None if dry_run else settings.kafka_bootstrap, CUSTOMER_COMMAND.full(settings.topic_prefix), as_json
    )
    found = rows.json_rows(file) if rows.is_json(file) else rows.csv_rows(file)
    Feed(file, found, customers.parcels_at(datetime.fromtimestamp(time.time(), UTC)), target).run()
