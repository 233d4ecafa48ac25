"""What does one see while it runs? Queues, agents, clocks and notices; without a terminal a line every five seconds."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

from rich.columns import Columns
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from bellhop_local.demo.tally import Tally, percentile

EVERY_SECONDS: Final = 5.0
FRAME_SECONDS: Final = 0.25


async def show(tally: Tally, console: Console, clock: Callable[[], float], until: Callable[[], bool]) -> None:
    """`clock` counts the seconds since the first arrival."""
    if not console.is_terminal:
        await _lines(tally, console, clock, until)
        return
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        while not until():
            live.update(_frame(tally, clock()))
            await asyncio.sleep(FRAME_SECONDS)


async def _lines(tally: Tally, console: Console, clock: Callable[[], float], until: Callable[[], bool]) -> None:
    said = -EVERY_SECONDS
    while not until():
        if clock() - said >= EVERY_SECONDS:
            said = clock()
            console.print(_line(tally, said), soft_wrap=True, highlight=False)
        await asyncio.sleep(FRAME_SECONDS)


def _line(tally: Tally, seconds: float) -> str:
    work = tally.work
    return (
        f"{seconds:5.0f} s  {sum(tally.contacts.values())} contacts, {len(tally.open_items)} items open, "
        f"{work['offered']} offers, {work['offer-accepted']} accepted, {work['resolved']} resolved, "
        f"{tally.clocks['breached']} breaches, {_sent(tally)} notices sent"
    )


def _frame(tally: Tally, seconds: float) -> Group:
    return Group(_line(tally, seconds), Columns([_queues(tally), _agents(tally), _clocks(tally), _notices(tally)]))


def _queues(tally: Tally) -> Table:
    return _two_columns("Queues", Counter(tally.open_items.values()))


def _clocks(tally: Tally) -> Table:
    shown = _two_columns("Clocks", tally.clocks)
    p99 = percentile(tally.late_ms, 0.99)
    shown.add_row("late p99", "-" if p99 is None else f"{p99:.0f} ms")
    return shown


def _notices(tally: Tally) -> Table:
    return _two_columns("Sent", Counter({kind: count for (kind, end), count in tally.notices.items() if end == "sent"}))


def _agents(tally: Tally) -> Table:
    shown = Table("Agent", "is", "load", title="Agents")
    for name, state in sorted(tally.agents.items()):
        shown.add_row(name, str(state.get("presence")), f"{state.get('used')}/{state.get('capacity')}")
    return shown


def _two_columns(title: str, counts: "Counter[str]") -> Table:
    shown = Table(title, "")
    for name, count in sorted(counts.items()):
        shown.add_row(name, str(count))
    return shown


def _sent(tally: Tally) -> int:
    return sum(count for (_, end), count in tally.notices.items() if end == "sent")
