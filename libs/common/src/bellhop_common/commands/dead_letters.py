"""bellhop dead-letters: what could not be handled, why, and what to do with it."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from bellhop_common.command_line.output import JsonFlag, example, say
from bellhop_common.commands import dead_letter_book as book
from bellhop_common.commands import held_timers
from bellhop_common.commands.telling import tell
from bellhop_common.events.topics import CATALOGUE, SERVICES
from bellhop_common.events.wire import rfc3339
from bellhop_common.messaging.dead_letter_topics import Letter, LetterId, find, letters, send_back
from bellhop_common.messaging.dead_letters import dead_letter_topic
from bellhop_common.settings import load_settings

FAILED = "handler-error"
Ids = Annotated[list[str], typer.Argument(help="Ids as `list` shows them.")]


@dataclass(frozen=True, slots=True)
class Filters:
    topic: str | None = None
    error_class: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def wants(self, letter: Letter) -> bool:
        return (
            (self.topic is None or self.topic in letter.origin.topic)
            and (self.error_class is None or self.error_class == letter.error_class)
            and (self.since is None or letter.at >= self.since.astimezone())
            and (self.until is None or letter.at < self.until.astimezone())
        )


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
    filters = Filters(topic, error_class, since, until)
    found = asyncio.run(_listed(filters, settled_too=settled))
    for letter, how in found:
        told = {**_told(letter), "settled": how}
        line = f"{letter.id}  {letter.error_class}  tried {letter.attempts}  {rfc3339(letter.at)}  {how or ''}"
        tell(told, line.rstrip(), as_json=as_json)
    timers = [] if topic else [one for one in asyncio.run(held_timers.held(SERVICES)) if error_class in {None, FAILED}]
    for one in timers:
        tell(one.told, f"{one.id}  {FAILED}  {one.subject}, timer {one.kind}  {rfc3339(one.since)}", as_json=as_json)
    say(f"{len(found)} dead letters, {len(timers)} timers that hold their subject")


def show_letter(
    letter_id: Annotated[str, typer.Argument(help="As `list` shows it.")], *, as_json: JsonFlag = False
) -> None:
    """Show one dead letter, with its content."""
    letter = asyncio.run(find(_bootstrap(), LetterId.parse(letter_id)))
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in letter.record.headers}
    value = letter.record.value
    told: dict[str, object] = {**_told(letter), "headers": headers}
    shown = "null" if value is None else value.decode("utf-8", "replace")
    lines = [f"{name}: {text}" for name, text in headers.items()]
    told["value_base64"] = None if value is None else base64.b64encode(value).decode()
    tell(told, "\n".join([str(letter.id), *lines, "", shown]), as_json=as_json)


def replay(ids: Ids, *, as_json: JsonFlag = False) -> None:
    """Give dead letters back to the service that failed on them; what waits behind them follows."""
    asyncio.run(_settle(ids, "replayed"))
    _say_settled(ids, "replayed", as_json=as_json)


def discard(ids: Ids, *, as_json: JsonFlag = False) -> None:
    """Give up on dead letters; what waits behind them goes on without them."""
    asyncio.run(_settle(ids, "discarded"))
    _say_settled(ids, "discarded", as_json=as_json)


def _say_settled(ids: Sequence[str], how: str, *, as_json: bool) -> None:
    for one in ids:
        tell({"id": one, "settled": how}, f"{how} {one}", as_json=as_json)


async def _listed(filters: Filters, *, settled_too: bool) -> list[tuple[Letter, str | None]]:
    topics = [
        (dead_letter_topic(topic.full(load_settings(reader).topic_prefix), reader), reader)
        for topic in CATALOGUE
        for reader in topic.read_by
        if reader in SERVICES
    ]
    known: dict[LetterId, str] = {}
    found = [letter async for letter in letters(_bootstrap(), [name for name, _ in topics]) if filters.wants(letter)]
    for service in sorted({letter.id.service for letter in found}):
        async with book.book_of(service) as connection:
            known.update(await book.settled(connection))
    told = [(letter, known.get(letter.id)) for letter in sorted(found, key=lambda one: one.at)]
    return told if settled_too else [(letter, how) for letter, how in told if how is None]


async def _settle(ids: Sequence[str], how: str) -> None:
    for one in ids:
        if one.startswith(held_timers.PREFIX):
            await held_timers.let_go(one, discard=how == "discarded")
    await _settle_letters([one for one in ids if not one.startswith(held_timers.PREFIX)], how)


async def _settle_letters(ids: Sequence[str], how: str) -> None:
    """All of them are looked up first, so that nothing is done where one is misnamed."""
    found = [await find(_bootstrap(), LetterId.parse(one)) for one in ids]
    services = {letter.id.service for letter in found}
    for service in sorted(services):
        own = [letter for letter in found if letter.id.service == service]
        async with book.book_of(service) as connection:
            if how == "replayed":
                await send_back(_bootstrap(), own)
            await book.settle(connection, own, how)


def _told(letter: Letter) -> dict[str, object]:
    return {
        "id": str(letter.id),
        "topic": letter.origin.topic,
        "partition": letter.origin.partition,
        "offset": letter.origin.offset,
        "error_class": letter.error_class,
        "attempts": letter.attempts,
        "at": rfc3339(letter.at),
    }


def _bootstrap() -> str:
    return load_settings("common").kafka_bootstrap
