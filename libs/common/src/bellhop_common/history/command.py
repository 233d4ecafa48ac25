"""bellhop check-history: does what is on the topics keep every promise that can be checked from outside?"""

from pathlib import Path
from typing import Annotated

import typer

from bellhop_common.addresses import kafka_bootstrap, postgres_dsn
from bellhop_common.command_line.checking import checked
from bellhop_common.command_line.output import JsonFlag


def register(app: typer.Typer) -> None:
    app.command("check-history", epilog="Example: bellhop check-history --bootstrap 127.0.0.1:9092 --at-rest")(
        check_history
    )


def check_history(  # noqa: PLR0913 - one parameter is one option
    *,
    bootstrap: Annotated[
        str | None, typer.Option(help="Kafka; else BELLHOP_KAFKA_BOOTSTRAP.", callback=checked(kafka_bootstrap))
    ] = None,
    prefix: Annotated[str | None, typer.Option(help="Of the topics; else BELLHOP_TOPIC_PREFIX.")] = None,
    accepted: Annotated[
        Path | None, typer.Option(help="Inputs that were acknowledged.", metavar="FILE", exists=True, dir_okay=False)
    ] = None,
    sink: Annotated[
        Path | None, typer.Option(help="Mails that arrived.", metavar="FILE", exists=True, dir_okay=False)
    ] = None,
    poison: Annotated[
        Path | None, typer.Option(help="Records planted as poison.", metavar="FILE", exists=True, dir_okay=False)
    ] = None,
    postgres: Annotated[
        str | None,
        typer.Option(help="A DSN: are outboxes, held and parked rows empty?", callback=checked(postgres_dsn)),
    ] = None,
    at_rest: Annotated[bool, typer.Option("--at-rest", help="Nothing is on its way any more.")] = False,
    spill: Annotated[
        Path | None,
        typer.Option(help="Where the history is kept meanwhile.", metavar="FOLDER", exists=True, file_okay=False),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read every topic from its start and judge it rule by rule; exit 1 on any violation, 3 without Kafka.

    FILEs are JSON Lines: {entry_point, provider_message_id}, {message_id, to, at}, {topic, partition, offset}.
    """
    from bellhop_common.history import judging
    from bellhop_common.history.loading import Source
    from bellhop_common.history.ports import Listing
    from bellhop_common.settings import load_settings

    settings = load_settings("common")
    given = {Listing.ACCEPTED: accepted, Listing.SINK: sink, Listing.POISON: poison}
    listings = {listing: path for listing, path in given.items() if path is not None}
    source = Source(bootstrap or settings.kafka_bootstrap, prefix or settings.topic_prefix, at_rest, listings)
    judging.run(source, judging.Options(postgres, spill, as_json))
