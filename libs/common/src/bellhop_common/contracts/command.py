"""bellhop contracts: write the schemas and AsyncAPI documents, or say which of them are out of date."""

from pathlib import Path
from typing import Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, emit, show
from bellhop_common.errors import Wrong

_Folder = Annotated[
    Path | None,
    typer.Option(help="Holds schemas/ and asyncapi/; by default those of this source tree.", metavar="FOLDER"),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The JSON Schemas and AsyncAPI documents.", no_args_is_help=True)
    group.command("write", epilog="Example: bellhop contracts write")(write)
    group.command("check", epilog="Example: bellhop contracts check")(check)
    app.add_typer(group, name="contracts")


def write(
    *,
    folder: _Folder = None,
    release: Annotated[bool, typer.Option("--release", help="From now on no field may go.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Generate them anew from the models; prints what changed."""
    from bellhop_common.contracts import documents

    place = folder or documents.FOLDER
    for name in documents.write(place):
        _tell(name, "written", as_json=as_json)
    if release:
        documents.release(place)


def check(*, folder: _Folder = None, as_json: JsonFlag = False) -> None:
    """Fail where a committed document isn't what the models give."""
    from bellhop_common.contracts import documents

    found = documents.differing(folder or documents.FOLDER)
    for name in found:
        _tell(name, "out of date", as_json=as_json)
    if found:
        raise Wrong(f"{len(found)} documents are out of date; `bellhop contracts write` writes them")


def _tell(name: str, what: str, *, as_json: bool) -> None:
    if as_json:
        emit({"document": name, "what": what})
    else:
        show(f"{what}: {name}")
