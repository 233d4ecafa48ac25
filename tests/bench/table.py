"""How do figures look, to somebody at a terminal and on a page? The same rows, twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from bench.claims import Finding
from bench.figures import Spread, spread
from bench.machine import Fact
from bench.series import Series


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)

    def terminal(self) -> Table:
        table = Table(title=self.title, title_justify="left")
        for name in self.head:
            table.add_column(name)
        for row in self.rows:
            table.add_row(*row)
        return table


def goals(findings: Iterable[Finding]) -> Sheet:
    return Sheet(
        "Goals", ("", "measured", "median", "lowest to highest", "goal", "reached"), [_goal(one) for one in findings]
    )


def measured(series: Series) -> Sheet:
    rows = [(name, *_spread(spread(values)), str(len(values))) for name, values in series.values.items()]
    return Sheet("Measured", ("what", "median", "lowest to highest", "rounds"), rows)


def machine(facts: Iterable[Fact]) -> Sheet:
    return Sheet("Machine", ("", ""), [(fact.name, fact.value) for fact in facts])


def number(value: float) -> str:
    """Three figures, as many as such a measurement carries."""
    if abs(value) >= 1_000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:#.3g}".rstrip(".")


def _goal(finding: Finding) -> Sequence[str]:
    middle, between = _spread(finding.spread)
    goal = finding.goal
    return (goal.part, goal.title, f"{middle} {goal.unit}", between, goal.aim, _reached(finding))


def _reached(finding: Finding) -> str:
    if not finding.goal.aim:
        return ""
    return "yes" if finding.is_met else "no"


def _spread(found: Spread) -> tuple[str, str]:
    return number(found.median), f"{number(found.low)} to {number(found.high)}"
