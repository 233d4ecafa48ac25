"""How does a history get from Kafka into the spill? Batch by batch, with a bar on a terminal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bellhop_common.history.inputs import read_listing
from bellhop_common.history.parsing import parse
from bellhop_common.history.ports import Listing
from bellhop_common.history.reader import Log, open_log
from bellhop_common.history.spill import SpilledHistory


@dataclass(frozen=True, slots=True)
class Source:
    """Where the history is, and what was written down beside it."""

    bootstrap: str
    prefix: str
    at_rest: bool = False
    listings: Mapping[Listing, Path] | None = None


@contextmanager
def progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar


async def load(source: Source, spill: Path, bar: Progress) -> SpilledHistory:
    async with open_log(source.bootstrap, source.prefix, at_rest=source.at_rest) as log:
        history = SpilledHistory(spill, log.facts)
        for listing, path in (source.listings or {}).items():
            history.add_listed(listing, read_listing(path, listing, source.prefix))
        await _read(log, history, bar)
    sorting = bar.add_task("sorting", total=None)
    history.seal()
    bar.remove_task(sorting)
    return history


async def _read(log: Log, history: SpilledHistory, bar: Progress) -> None:
    reading = bar.add_task("reading", total=log.total)
    async for batch in log.batches():
        history.add(map(parse, batch))
        bar.advance(reading, len(batch))
    bar.remove_task(reading)
