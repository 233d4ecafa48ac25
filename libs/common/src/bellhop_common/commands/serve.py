"""bellhop serve: one service in the foreground, as the container runs it."""

import socket
from typing import Annotated

import typer

from bellhop_common.commands import services
from bellhop_common.errors import Misuse


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop serve router")(serve)


def serve(
    service: Annotated[str, typer.Argument(help="ingest, router, sla or notifier.", autocompletion=services.completed)],
) -> None:
    """Run one service in the foreground until it is told to stop."""
    services.chosen([service])
    from bellhop_common.kernel.serving import serve as serve_service
    from bellhop_common.settings import load_settings

    settings = load_settings(service)
    _refuse_taken(settings.host, settings.port, f"BELLHOP_{service.upper()}_PORT")
    raise typer.Exit(serve_service(services.load(service), settings))


def _refuse_taken(host: str, port: int, variable: str) -> None:
    """Said before anything is set up, instead of in the middle of it."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
    except OSError as error:
        why = error.strerror or str(error)
        raise Misuse(
            f"port {port} of {host} can't be opened: {why}; {variable} names another, 0 any free one"
        ) from error
