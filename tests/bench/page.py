"""How do figures get into `docs/benchmarks.md`? Between two marks; what people wrote around them stays."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bench.table import Sheet

BEGIN: Final = "<!-- figures: written by make bench -->"
END: Final = "<!-- figures: end -->"
PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"


class NoMarks(Exception):
    def __init__(self) -> None:
        super().__init__(f"the page needs a line {BEGIN!r} and after it a line {END!r}")


def replaced(page: str, sheets: Iterable[Sheet], rounds: int) -> str:
    """Raises `NoMarks`."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoMarks
    parts = [f"{rounds} rounds.", *(f"### {sheet.title}\n\n{sheet.markdown()}" for sheet in sheets)]
    return f"{before}{BEGIN}\n" + "\n\n".join(parts) + f"\n{END}{after}"


def write(sheets: Iterable[Sheet], rounds: int) -> None:
    PAGE.write_text(replaced(PAGE.read_text(), sheets, rounds))
