"""bellhop serve: one service in the foreground, as the container runs it."""

from typing import Annotated

import typer

from bellhop_common.commands import services


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop serve router")(serve)


def serve(service: Annotated[str, typer.Argument(help="ingest, router, sla or notifier.")]) -> None:
    """Run one service in the foreground until it is told to stop."""
    services.chosen([service])
    from bellhop_common.kernel.serving import serve as serve_service
    from bellhop_common.settings import load_settings

    settings = load_settings(service)
    raise typer.Exit(serve_service(services.load(service), settings))
