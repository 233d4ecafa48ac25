"""bellhop check-history: does what is on the topics keep every promise that can be checked from outside?"""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from bellhop_common.command_line.output import JsonFlag, emit
from bellhop_common.errors import Wrong
from bellhop_common.history.checking import RULES, judge
from bellhop_common.history.due import installed_due_at
from bellhop_common.history.leftovers import leftovers
from bellhop_common.history.loading import Source, load, progress
from bellhop_common.history.ports import Listing, Outside
from bellhop_common.history.report import show_verdicts
from bellhop_common.history.verdicts import Verdict, any_violation
from bellhop_common.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command("check-history", epilog="Example: bellhop check-history --bootstrap 127.0.0.1:9092 --at-rest")(
        check_history
    )


def check_history(  # noqa: PLR0913 - one parameter is one option
    *,
    bootstrap: Annotated[str | None, typer.Option(help="Kafka; else BELLHOP_KAFKA_BOOTSTRAP.")] = None,
    prefix: Annotated[str | None, typer.Option(help="Of the topics; else BELLHOP_TOPIC_PREFIX.")] = None,
    accepted: Annotated[Path | None, typer.Option(help="Inputs that were acknowledged.", metavar="FILE")] = None,
    sink: Annotated[Path | None, typer.Option(help="Mails that arrived.", metavar="FILE")] = None,
    poison: Annotated[Path | None, typer.Option(help="Records planted as poison.", metavar="FILE")] = None,
    postgres: Annotated[str | None, typer.Option(help="A DSN: are outboxes, held and parked rows empty?")] = None,
    at_rest: Annotated[bool, typer.Option("--at-rest", help="Nothing is on its way any more.")] = False,
    spill: Annotated[Path | None, typer.Option(help="Where the history is kept meanwhile.", metavar="FOLDER")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read every topic from its start and judge it rule by rule; exit 1 on any violation, 3 without Kafka.

    FILEs are JSON Lines: {entry_point, provider_message_id}, {message_id, to, at}, {topic, partition, offset}.
    """
    settings = load_settings("common")
    given = {Listing.ACCEPTED: accepted, Listing.SINK: sink, Listing.POISON: poison}
    listings = {listing: path for listing, path in given.items() if path is not None}
    source = Source(bootstrap or settings.kafka_bootstrap, prefix or settings.topic_prefix, at_rest, listings)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    outside = Outside(installed_due_at(), asyncio.run(leftovers(postgres)) if postgres else None)
    with TemporaryDirectory(prefix="bellhop-history-", dir=spill) as folder:
        verdicts = list(_verdicts(source, outside, Path(folder), as_json=as_json))
    if not as_json:
        show_verdicts(verdicts, Console(highlight=False))
    if any_violation(verdicts):
        raise Wrong(f"{sum(verdict.found for verdict in verdicts)} violations in the history")


def _verdicts(source: Source, outside: Outside, folder: Path, *, as_json: bool) -> Iterator[Verdict]:
    with progress() as bar:
        history = asyncio.run(load(source, folder / "history.db", bar))
        judging = bar.add_task("judging", total=len(RULES))
        for rule in RULES:
            bar.update(judging, description=rule.name)
            for verdict in judge(rule, history, outside):
                if as_json:
                    emit(verdict)
                yield verdict
            bar.advance(judging)
        history.close()
