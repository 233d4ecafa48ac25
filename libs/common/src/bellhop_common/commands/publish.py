"""bellhop publish: contact events of a file to the inbound topic."""

from pathlib import Path
from typing import Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, example

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong; nothing is sent.")]


def register(app: typer.Typer) -> None:
    app.command(epilog=example("bellhop publish contacts.jsonl", "bellhop publish --dry-run contacts.jsonl"))(publish)


def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines: one contact.submitted CloudEvent each.")],
    *,
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """Publish contact events; wrong lines are named and left out, and a repeat changes nothing."""
    from bellhop_common.events.topics import CONTACT_INBOUND
    from bellhop_common.feeding.feed import Feed, Target
    from bellhop_common.feeding.rows import json_rows
    from bellhop_common.feeding.submissions import parcel_of
    from bellhop_common.settings import load_settings

    settings = load_settings("common")
    bootstrap = None if dry_run else settings.kafka_bootstrap
    target = Target(bootstrap, CONTACT_INBOUND.full(settings.topic_prefix), as_json)
    Feed(file, json_rows(file), parcel_of, target).run()
