"""bellhop demo: the main job in one go."""

import os
import shutil
from pathlib import Path
from typing import Annotated, Final

import typer

from bellhop_common.errors import Misuse

MARK: Final = ".bellhop-demo"


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: bellhop demo --seconds 30")(demo)


def demo(
    *,
    seconds: Annotated[float, typer.Option(min=5, max=600, help="How long messages keep arriving.")] = 60.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same day.")] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running and say where it is.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="The demo's own folder; wiped first.", metavar="FOLDER", file_okay=False)
    ] = None,
) -> None:
    """Start everything, play a mixed day of real messages, show it live, sum it up and prove that nothing was lost.

    Exit status 0 only if the history checker finds nothing.
    """
    from rich.console import Console

    from bellhop_local.demo.run import Options, play
    from bellhop_local.stack.jars import ensure_jars
    from bellhop_local.stack.layout import cache_folder, data_folder
    from bellhop_local.stack.progress import OnStderr

    folder = data_dir or data_folder(os.environ).root / "demo"
    folder = emptied(folder)
    # Before anything that Ctrl-C would have to wait for.
    ensure_jars(cache_folder(data_folder(os.environ), os.environ), OnStderr())
    play(Options(folder, seconds, seed, keep), Console())


def emptied(folder: Path) -> Path:
    """Only a folder that a demo made is wiped."""
    mark = folder / MARK
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise Misuse(f"{folder} isn't a demo's folder, and would be wiped: name an empty or a new one with --data-dir")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    return folder
