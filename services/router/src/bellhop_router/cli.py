"""Which commands does the router add to `bellhop`? Desk files checked, compared and applied; decisions explained."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid4

import typer

from bellhop_common.addresses import http_url
from bellhop_common.command_line.checking import checked
from bellhop_common.command_line.output import JsonFlag, complain, emit, example, show
from bellhop_common.errors import Misuse

if TYPE_CHECKING:
    from bellhop_common.events.desks import DeskFile
    from bellhop_router.adapters.client import Answer, Router

_File = Annotated[Path, typer.Argument(metavar="DESK.yaml", help="The desk file.")]
_Url = Annotated[
    str | None, typer.Option("--url", help="Where the router answers; BELLHOP_ROUTER_URL.", callback=checked(http_url))
]
WRONG = 1


def register(app: typer.Typer) -> None:
    app.command(epilog=example("bellhop check support.yaml"))(check)
    app.command(epilog=example("bellhop diff support.yaml"))(diff)
    app.command(epilog=example("bellhop apply support.yaml"))(apply)
    app.command(epilog=example("bellhop explain 0198c5f2-7a51-7c11-9a53-0c1d2e3f4a5b"))(explain)


def check(file: _File, *, as_json: JsonFlag = False) -> None:
    """Say exactly what is wrong with a desk file and where."""
    found = _checked(file, as_json=as_json)
    if as_json:
        emit({"file": str(file), "desk": found.desk, "ok": True})
    else:
        agents = "agents by events" if found.agents is None else f"{len(found.agents)} agents"
        show(f"{file}: desk {found.desk}, {len(found.queues)} queues, {len(found.rules)} rules, {agents}: all is well")


def diff(file: _File, url: _Url = None, *, as_json: JsonFlag = False) -> None:
    """Show what applying a desk file would change."""
    import orjson

    from bellhop_router.adapters.differences import differences

    found = _checked(file, as_json=as_json)
    answer = _router(url).get(f"/v1/desks/{found.desk}")
    before = {} if answer is None else orjson.loads(answer.body)
    changes = list(differences(before, _plain(found)))
    for change in changes:
        if as_json:
            emit({"path": change.path, "before": change.before, "after": change.after})
        else:
            show(change.told())
    if not changes and not as_json:
        show(f"Nothing would change on desk {found.desk}.")


def apply(file: _File, url: _Url = None, *, as_json: JsonFlag = False) -> None:
    """Apply a desk file: rules and roster at once, running offers and clocks go on."""
    from bellhop_router.adapters.shown import Applied

    found = _checked(file, as_json=as_json)
    router = _router(url)
    path = f"/v1/desks/{found.desk}"
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/yaml", **_match(router.get(path))}
    applied = Applied.model_validate_json(router.put(path, file.read_bytes(), headers).body)
    if as_json:
        emit(applied)
    else:
        show(f"Desk {applied.desk} is at version {applied.version}.")


def explain(
    work_item: Annotated[UUID, typer.Argument(help="The work item's id.")],
    url: _Url = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Say why this agent has a work item, or why it still waits."""
    from bellhop_router.adapters.shown import ExplanationShown

    answer = _router(url).get(f"/v1/work-items/{work_item}/explanation")
    if answer is None:
        raise Misuse(f"no work item {work_item} is known")
    told = ExplanationShown.model_validate_json(answer.body)
    if as_json:
        emit(told)
        return
    show(told.words)
    for decision in told.decisions:
        winner = "nobody" if decision.winner is None else decision.winner.agent_id
        excluded = ", ".join(f"{count} {reason}" for reason, count in decision.excluded.items()) or "nobody excluded"
        show(f"  {decision.at:%Y-%m-%d %H:%M:%S}  {decision.queue} tier {decision.tier}: {winner} ({excluded})")


def _checked(file: Path, *, as_json: bool) -> "DeskFile":
    from bellhop_router.adapters.desk_file import read

    found = read(file)
    if found.file is not None:
        return found.file
    for error in found.errors:
        if as_json:
            emit(
                {
                    "file": str(file),
                    "line": error.line,
                    "column": error.column,
                    "path": error.finding.where,
                    "got": error.finding.got,
                    "expected": error.finding.expected,
                }
            )
        else:
            show(error.told(str(file)))
    complain(f"{len(found.errors)} {'mistake' if len(found.errors) == 1 else 'mistakes'} in {file}")
    raise typer.Exit(WRONG)


def _plain(file: "DeskFile") -> object:
    import orjson

    return orjson.loads(file.model_dump_json(exclude_unset=True))


def _match(known: "Answer | None") -> dict[str, str]:
    return {} if known is None else {"If-Match": known.headers.get("etag", "")}


def _router(url: str | None) -> "Router":
    from bellhop_router.adapters.client import Router
    from bellhop_router.settings import RouterSettings

    settings = RouterSettings()
    return Router(url or settings.url, None if settings.token is None else settings.token.get_secret_value())
