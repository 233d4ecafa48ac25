"""How are verdicts told? A line a rule for people with the offsets of what is wrong, or JSON Lines for machines."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bellhop_common.history.verdicts import Status, Verdict

_STYLES = {Status.OK: "green", Status.VIOLATION: "bold red", Status.NOT_CHECKED: "yellow"}
_SHOWN_TO_PEOPLE = 10


def show_verdicts(verdicts: Iterable[Verdict], console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("rule", "verdict", "cases"):
        table.add_column(name, justify="right" if name == "cases" else "left", no_wrap=True)
    table.add_column("remarks", overflow="fold")
    kept = list(verdicts)
    for verdict in kept:
        style = _STYLES[verdict.status]
        told = Text(verdict.status.replace("-", " "), style=style)
        table.add_row(_name(verdict), told, str(verdict.cases), Text(_remarks(verdict)))
    console.print(table)
    for verdict in kept:
        _show_violations(verdict, console)


def _name(verdict: Verdict) -> str:
    return f"{verdict.rule}: {verdict.part}" if verdict.part else verdict.rule


def _remarks(verdict: Verdict) -> str:
    found = f"{verdict.found} violations" if verdict.found else ""
    unchecked = f"not checked: {verdict.why}" if verdict.unchecked else verdict.why
    return "; ".join(part for part in (found, verdict.note, unchecked) if part)


def _show_violations(verdict: Verdict, console: Console) -> None:
    shown = verdict.violations[:_SHOWN_TO_PEOPLE]
    for violation in shown:
        places = ", ".join(str(place) for place in violation.offsets)
        line = f"{_name(verdict)}: {violation.text}" + (f" [{places}]" if places else "")
        console.print(Text(line), soft_wrap=True)
    if verdict.found > len(shown):
        console.print(Text(f"{_name(verdict)}: and {verdict.found - len(shown)} more"), soft_wrap=True)
