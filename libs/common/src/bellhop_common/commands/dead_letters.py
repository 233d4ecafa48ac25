"""bellhop dead-letters: what could not be handled, why, and what to do with it."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, example, say
from bellhop_common.commands.telling import tell

if TYPE_CHECKING:
    from bellhop_common.messaging.dead_letter_topics import Letter

Ids = Annotated[list[str], typer.Argument(help="Ids as `list` shows them.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Events that could not be handled.", no_args_is_help=True)
    group.command("list", epilog=example("bellhop dead-letters list --error-class handler-error"))(list_letters)
    group.command("show", epilog=example("bellhop dead-letters show support.work.v1.sla.dead-letter:3:17"))(show_letter)
    group.command("replay", epilog=example("bellhop dead-letters replay support.work.v1.sla.dead-letter:3:17"))(replay)
    group.command("discard", epilog=example("bellhop dead-letters discard support.work.v1.sla.dead-letter:3:17"))(
        discard
    )
    app.add_typer(group, name="dead-letters")


def list_letters(
    *,
    topic: Annotated[str | None, typer.Option(help="Part of the name of the topic they came from.")] = None,
    error_class: Annotated[str | None, typer.Option(help="Such as bad-schema or handler-error.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Set aside at or after this time.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Set aside before this time.")] = None,
    settled: Annotated[bool, typer.Option("--all", help="Also those replayed or discarded.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List dead letters, oldest first."""
    from bellhop_common.commands import dead_letter_search as search
    from bellhop_common.events.wire import rfc3339

    filters = search.Filters(topic, error_class, since, until)
    found = asyncio.run(search.listed(filters, settled_too=settled))
    for letter, how in found:
        told = {**_told(letter), "settled": how}
        line = f"{letter.id}  {letter.error_class}  tried {letter.attempts}  {rfc3339(letter.at)}  {how or ''}"
        tell(told, line.rstrip(), as_json=as_json)
    timers = asyncio.run(search.held(filters))
    for one in timers:
        line = f"{one.id}  {search.FAILED}  {one.subject}, timer {one.kind}  {rfc3339(one.since)}"
        tell(one.told, line, as_json=as_json)
    gaps = asyncio.run(search.gaps(filters))
    for gap in gaps:
        tell(gap.told, f"{gap.id}  {search.GAP}  {gap.waiting} wait  {rfc3339(gap.since)}", as_json=as_json)
    say(f"{len(found)} dead letters, {len(timers)} timers that hold their subject, {len(gaps)} gaps")


def show_letter(
    letter_id: Annotated[str, typer.Argument(help="As `list` shows it.")], *, as_json: JsonFlag = False
) -> None:
    """Show one dead letter, with its content."""
    from bellhop_common.commands import dead_letter_search as search
    from bellhop_common.commands.dead_letter_reason import reason_of

    letter = asyncio.run(search.one_letter(letter_id))
    why = reason_of(letter)
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in letter.record.headers}
    value = letter.record.value
    told: dict[str, object] = {**_told(letter), "why": why, "headers": headers}
    shown = "null" if value is None else value.decode("utf-8", "replace")
    lines = [*([f"why: {why}"] if why else []), *(f"{name}: {text}" for name, text in headers.items())]
    told["value_base64"] = None if value is None else base64.b64encode(value).decode()
    tell(told, "\n".join([str(letter.id), *lines, "", shown]), as_json=as_json)


def replay(ids: Ids, *, as_json: JsonFlag = False) -> None:
    """Give dead letters back to the service that failed on them; what waits behind them follows."""
    _settle(ids, "replayed", as_json=as_json)


def discard(ids: Ids, *, as_json: JsonFlag = False) -> None:
    """Give up on dead letters; what waits behind them goes on without them."""
    _settle(ids, "discarded", as_json=as_json)


def _settle(ids: Sequence[str], how: str, *, as_json: bool) -> None:
    from bellhop_common.commands import dead_letter_search as search

    asyncio.run(search.settle(ids, how))
    for one in ids:
        tell({"id": one, "settled": how}, f"{how} {one}", as_json=as_json)


def _told(letter: "Letter") -> dict[str, object]:
    from bellhop_common.events.wire import rfc3339

    return {
        "id": str(letter.id),
        "topic": letter.origin.topic,
        "partition": letter.origin.partition,
        "offset": letter.origin.offset,
        "error_class": letter.error_class,
        "attempts": letter.attempts,
        "at": rfc3339(letter.at),
    }
