"""What does one run of feeding do? Judge every line, send the good ones, tell of the others, and sum up."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bellhop_common.command_line.output import emit, show
from bellhop_common.errors import Misuse
from bellhop_common.feeding.rows import Parcel, Problem, Row
from bellhop_common.feeding.sending import MAX_BYTES, Sending, in_groups

ParcelOf = Callable[[Row], Parcel | Problem]


@dataclass(frozen=True, slots=True)
class Target:
    """Without a `bootstrap` nothing is sent: a dry run."""

    bootstrap: str | None
    topic: str
    as_json: bool


@dataclass(slots=True)
class Feed:
    path: Path
    rows: Iterable[Row | Problem]
    parcel_of: ParcelOf
    target: Target
    good: int = 0
    bad: int = 0
    advance: Callable[[int], None] = field(default=lambda _lines: None)

    def run(self) -> None:
        """Raises `Misuse` when it is done, if any line was wrong."""
        with _progress(self.path) as self.advance:
            asyncio.run(self._send())
        self._sum_up()
        if self.bad:
            raise Misuse(f"{self.bad} of {self.good + self.bad} lines of {self.path} can't be used and were left out")
        if not self.good:
            raise Misuse(f"{self.path} is empty")

    def _sum_up(self) -> None:
        dry, topic = self.target.bootstrap is None, self.target.topic
        if self.target.as_json:
            counts = {"good": self.good, "wrong": self.bad, "sent": 0 if dry else self.good}
            emit({"file": str(self.path), "topic": topic, **counts})
        else:
            show(f"{self.path}: {self.good} {'could be sent' if dry else 'sent'} to {topic}, {self.bad} wrong")

    async def _send(self) -> None:
        if self.target.bootstrap is None:
            self.good = sum(1 for _ in self._parcels())
            return
        async with Sending(self.target.bootstrap, self.target.topic) as sending:
            for group in in_groups(self._parcels()):
                await sending.send(group)
                self.good += len(group)

    def _parcels(self) -> Iterator[Parcel]:
        for row in self.rows:
            made = row if isinstance(row, Problem) else self.parcel_of(row)
            if isinstance(made, Parcel) and len(made.value) > MAX_BYTES:
                made = Problem(made.line, f"{len(made.value)} bytes, expected at most {MAX_BYTES}")
            self.advance(row.line)
            if isinstance(made, Parcel):
                yield made
            else:
                self._tell(made)

    def _tell(self, problem: Problem) -> None:
        self.bad += 1
        if self.target.as_json:
            emit({"file": str(self.path), "line": problem.line, "error": problem.what})
        else:
            show(f"{self.path}:{problem.line}: {problem.what}")


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], None]]:
    """By lines, and only on a terminal: counting them beforehand is cheap."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _line: None
        return
    with path.open("rb") as lines:
        total = sum(1 for _ in lines)
    columns = (TextColumn(path.name, markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda line: bar.update(task, completed=line)
