"""`bellhop stack`: the local PostgreSQL and Kafka, up, seen, read, down and away."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, emit, example, say, show
from bellhop_common.errors import Misuse, Wrong

if TYPE_CHECKING:
    from bellhop_local.stack.addresses import StackAddresses
    from bellhop_local.stack.status import ServerStatus

DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Where the stack keeps its data [default: $BELLHOP_DATA_DIR, else below your home].", file_okay=False
    ),
]


def register(app: typer.Typer) -> None:
    stack = typer.Typer(
        help="The local PostgreSQL and Kafka, without a system install.",
        epilog=example("bellhop stack up"),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    stack.command(epilog=example("bellhop stack up", "bellhop stack up --data-dir ./data --json"))(up)
    stack.command(epilog=example("bellhop stack status --json"))(status)
    stack.command(epilog=example("bellhop stack logs kafka --follow"))(logs)
    stack.command(epilog=example("bellhop stack down"))(down)
    stack.command(epilog=example("bellhop stack wipe --yes"))(wipe)
    app.add_typer(stack, name="stack")


def up(*, data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Start both servers, or find them running, and print where they are.

    Nothing is started of a kind that BELLHOP_POSTGRES_DSN or BELLHOP_KAFKA_BOOTSTRAP points at.
    """
    from bellhop_local.stack import control
    from bellhop_local.stack.addresses import RunningServers, StackAddresses
    from bellhop_local.stack.jars import ensure_jars
    from bellhop_local.stack.layout import cache_folder, data_folder
    from bellhop_local.stack.orders import Orders
    from bellhop_local.stack.progress import OnStderr

    folder = data_folder(os.environ, data_dir)
    running = RunningServers.named_in(os.environ).without_own(folder.ports)
    if running.postgres_dsn is not None and running.kafka_bootstrap is not None:
        asyncio.run(running.check())
        say("Both servers are run by somebody else; nothing to start.")
        _print(StackAddresses(running.postgres_dsn, running.kafka_bootstrap), as_json=as_json)
        return
    folder.create()
    cache = cache_folder(folder, os.environ)
    if running.kafka_bootstrap is None:
        ensure_jars(cache, OnStderr())
    started = control.bring_up(Orders(folder.root, cache=cache, running=running))
    say("The stack was already running." if started.was_running else f"The stack is up in {folder.root}.")
    _print(started.addresses, as_json=as_json)


def status(*, data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Say which server runs and answers; exit status 1 if one doesn't."""
    from bellhop_local.stack.layout import data_folder
    from bellhop_local.stack.status import status_of

    found = asyncio.run(status_of(data_folder(os.environ, data_dir)))
    for server in found.servers:
        if as_json:
            emit(server)
        else:
            show(_line(server))
    if not found.all_up:
        raise Wrong("not every server of the stack is up")


def logs(
    server: Annotated[str, typer.Argument(help="postgres, kafka or supervisor; all of them if left out.")] = "",
    *,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 40,
    keep_on: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more; Ctrl-C ends it.")] = False,
    data_dir: DataDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what the servers and their supervisor have logged."""
    from bellhop_local.stack.layout import data_folder
    from bellhop_local.stack.logs import LOGS, follow, last_lines

    if server and server not in LOGS:
        raise Misuse(f"there is no log of {server!r}; there are {', '.join(LOGS)}")
    folder = data_folder(os.environ, data_dir)
    chosen = [server] if server else list(LOGS)
    for name in chosen:
        for line in last_lines(folder.log(name), lines):
            _tell_line(name, line, as_json=as_json)
    if keep_on:
        for name, line in follow({name: folder.log(name) for name in chosen}):
            _tell_line(name, line, as_json=as_json)


def _tell_line(name: str, line: str, *, as_json: bool) -> None:
    if as_json:
        emit({"server": name, "line": line})
    else:
        show(f"{name}: {line}")


def down(*, data_dir: DataDir = None, as_json: JsonFlag = False) -> None:
    """Stop both servers; their data stays. Nothing is left running."""
    from bellhop_local.stack import control
    from bellhop_local.stack.layout import cache_folder, data_folder
    from bellhop_local.stack.start_cache import make_in_background

    folder = data_folder(os.environ, data_dir)
    was_running = control.take_down(folder)
    if as_json:
        emit({"folder": str(folder.root), "was_running": was_running})
    say("The stack is down; its data is kept." if was_running else "The stack was not running.")
    if was_running and folder.kafka.exists() and make_in_background(cache_folder(folder, os.environ)):
        say("Kafka's start cache is being made in the background, this once; it ends by itself in some seconds.")


def wipe(
    *,
    data_dir: DataDir = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Stop both servers and remove their data for good."""
    from bellhop_local.stack import control
    from bellhop_local.stack.layout import data_folder

    folder = data_folder(os.environ, data_dir)
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Remove all data of the stack in {folder.root}?", abort=True, err=True)
    control.wipe(folder)
    if as_json:
        emit({"folder": str(folder.root), "wiped": True})
    say(f"The stack in {folder.root} is gone.")


def _print(addresses: "StackAddresses", *, as_json: bool) -> None:
    """As settings, so that a shell can take them over: `export $(bellhop stack up)`."""
    from bellhop_local.stack.addresses import KAFKA_BOOTSTRAP, POSTGRES_DSN

    if as_json:
        emit(addresses)
        return
    show(f"{POSTGRES_DSN}={addresses.postgres_dsn}")
    show(f"{KAFKA_BOOTSTRAP}={addresses.kafka_bootstrap}")


def _line(server: "ServerStatus") -> str:
    parts = [f"{server.server:<9}{server.health:<5}", server.address]
    if server.pid is not None:
        parts.append(f"pid {server.pid}")
    if server.restarts:
        parts.append(f"started again {server.restarts} times")
    return "  ".join(part for part in (*parts, server.detail) if part)
