"""How a long wait is shown: a bar on a terminal, a line per step elsewhere, always on stderr."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

StepDone = Callable[[str], None]

_LINE_EVERY = 10


class Reporter(Protocol):
    """Who is told how far something is."""

    def say(self, line: str) -> None: ...

    def counting(self, what: str, total: int) -> AbstractContextManager[StepDone]: ...


class Silent:
    """For tests, and for programs that show progress of their own."""

    def say(self, line: str) -> None:
        del line

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[StepDone]:
        del what, total
        yield self.say


class OnStderr:
    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    def say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, markup=False)

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[StepDone]:
        if self._console.is_terminal:
            with self._bar(what, total) as step_done:
                yield step_done
        else:
            yield self._lines(what, total)

    @contextmanager
    def _bar(self, what: str, total: int) -> Iterator[StepDone]:
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        shown = TextColumn("{task.description}", style="dim")
        with Progress(*columns, shown, console=self._console, transient=True) as progress:
            task = progress.add_task("", total=total)
            yield lambda name: progress.update(task, advance=1, description=name)

    def _lines(self, what: str, total: int) -> StepDone:
        done = 0

        def step_done(name: str) -> None:
            nonlocal done
            done += 1
            if done % _LINE_EVERY == 0 or done == total:
                self.say(f"{what}: {done} of {total} ({name})")

        return step_done
