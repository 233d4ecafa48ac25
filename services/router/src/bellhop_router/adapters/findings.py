"""What is wrong with a desk file, where exactly, and what would be right?"""

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` leads to the value from the file's top; `got` is the value as it stands there."""

    path: Path
    got: str
    expected: str

    @property
    def where(self) -> str:
        return "".join(f"[{step}]" if isinstance(step, int) else f".{shortened(step)}" for step in self.path).lstrip(
            "."
        )


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with its line and column in the file, both counted from 1."""

    finding: Finding
    line: int
    column: int

    def told(self, file: str) -> str:
        where = f"{self.finding.where}: " if self.finding.path else ""
        return f"{file}:{self.line}:{self.column}: {where}got {self.finding.got}, expected {self.finding.expected}"


def unknown(path: Path, got: str, what: str, known: Sequence[str]) -> Finding:
    """A name that nothing of that kind has."""
    article = "an" if what[0] in "aeiou" else "a"
    if not known:
        return Finding(path, repr(got), f"nothing: this file has no {what}")
    return Finding(path, repr(got), f"the name of {article} {what}: {', '.join(sorted(known))}")


def shortened(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
