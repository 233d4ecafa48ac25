"""What does one run of the checker do? Read, judge, tell, and fail where a promise was broken."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bellhop_common.command_line.output import emit
from bellhop_common.errors import Wrong
from bellhop_common.history.checking import RULES, judge
from bellhop_common.history.due import installed_due_at
from bellhop_common.history.leftovers import leftovers
from bellhop_common.history.loading import Source, load, progress
from bellhop_common.history.ports import Outside
from bellhop_common.history.report import show_verdicts
from bellhop_common.history.verdicts import Verdict, any_violation


@dataclass(frozen=True, slots=True)
class Options:
    """`postgres`: a DSN; `spill`: where the history is kept meanwhile."""

    postgres: str | None = None
    spill: Path | None = None
    as_json: bool = False


def run(source: Source, options: Options) -> None:
    """Raises `Wrong` on any violation."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    outside = Outside(installed_due_at(), asyncio.run(leftovers(options.postgres)) if options.postgres else None)
    with TemporaryDirectory(prefix="bellhop-history-", dir=options.spill) as folder:
        verdicts = list(_verdicts(source, outside, Path(folder), as_json=options.as_json))
    if not options.as_json:
        show_verdicts(verdicts, Console(highlight=False))
    if any_violation(verdicts):
        raise Wrong(f"{sum(verdict.found for verdict in verdicts)} violations in the history")


def _verdicts(source: Source, outside: Outside, folder: Path, *, as_json: bool) -> Iterator[Verdict]:
    with progress() as bar:
        history = asyncio.run(load(source, folder / "history.db", bar))
        judging = bar.add_task("judging", total=len(RULES))
        for rule in RULES:
            bar.update(judging, description=rule.name)
            for verdict in judge(rule, history, outside):
                if as_json:
                    emit(verdict)
                yield verdict
            bar.advance(judging)
        history.close()
