"""How are the fail-over figures shown? A table: median, worst, and what was promised; between two marks of a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bellhop_common.errors import Misuse
from bellhop_local.faults.failover import SESSION, VICTIM, Figure, Measured

BEGIN: Final = "<!-- figures: bellhop failover -->"
END: Final = "<!-- end of figures -->"
HEARTBEAT: Final = SESSION / 5
A_SECOND: Final = 1.0
POLITE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """`limit` None: only told."""

    figure: Figure
    what: str
    limit: float | None = None
    unit: str = " s"


ROWS: Final = (
    Row(Figure.KILLED, f"`kill -9` of one {VICTIM}: longest wait of a contact", SESSION + HEARTBEAT + A_SECOND),
    Row(Figure.KILLED_TWICE, "… records that its successor met again", unit=""),
    Row(Figure.JOINED, f"one {VICTIM} starts: longest wait of a contact"),
    Row(Figure.LEFT, f"one {VICTIM} is asked to leave: longest wait of a contact", POLITE),
    Row(Figure.LEFT_TWICE, "… records that its successor met again", 0.0, unit=""),
    Row(Figure.LEAVING, "… until the process has ended", 20.0),
    Row(Figure.KAFKA_AWAY, "broker killed and started at once: away for"),
    Row(Figure.KAFKA_EVENT, "… first event of ingest after it answered again"),
    Row(Figure.KAFKA_FIRST, "… first work item of the router"),
    Row(Figure.KAFKA_LAST, "… last work item that had waited for it", A_SECOND),
    Row(Figure.POSTGRES_AWAY, "database killed and started at once: away for"),
    Row(Figure.POSTGRES_EVENT, "… first event of ingest after it answered again"),
    Row(Figure.POSTGRES_FIRST, "… first work item of the router"),
    Row(Figure.POSTGRES_LAST, "… last work item that had waited for it"),
    Row(Figure.LOST, "contacts acknowledged and lost, in all of these", 0.0, unit=""),
)


def table(measured: Measured) -> Iterator[str]:
    yield f"Session time-out {SESSION:.1f} s, heartbeat {HEARTBEAT:.1f} s; each {measured.repeat} times."
    yield ""
    yield "| what | median | worst | promised |"
    yield "|---|---|---|---|"
    for row in ROWS:
        values = measured.values.get(row.figure, [])
        if values:
            shown = (_number(median(values), row), _number(max(values), row), _promise(row))
            yield f"| {row.what} | {' | '.join(shown)} |"


def broken(measured: Measured) -> Iterator[str]:
    """Promises that the worst case didn't keep."""
    for row in ROWS:
        worst = max(measured.values.get(row.figure, [0.0]))
        if row.limit is not None and worst > row.limit:
            yield f"{row.figure}: {_number(worst, row)}, promised {_promise(row)}"


def write_into(page: Path, measured: Measured) -> None:
    """Only what lies between the marks changes."""
    text = page.read_text()
    if BEGIN not in text or END not in text:
        raise Misuse(f"{page} has no place for figures: it needs the lines {BEGIN} and {END}")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    page.write_text("\n".join((f"{before}{BEGIN}", *table(measured), f"{END}{after}")))


def _number(value: float, row: Row) -> str:
    return f"{value:.2f}{row.unit}" if row.unit else f"{value:.0f}"


def _promise(row: Row) -> str:
    return "" if row.limit is None else f"≤ {row.limit:.1f}{row.unit}" if row.limit else "0"
