"""What was aimed at, and was it reached? One line per goal, from the rounds that were measured. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import Spread, ratios, spread
from bench.series import Series


@dataclass(frozen=True, slots=True)
class Goal:
    """`ours` over `theirs` in each round, or `ours` itself where there is nothing to divide by.

    Without a bound it is there to compare others with.
    """

    part: str
    title: str
    ours: str
    theirs: str | None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "×"

    @property
    def aim(self) -> str:
        if self.at_least is None and self.at_most is None:
            return ""
        return f"≥ {self.at_least:g} {self.unit}" if self.at_least is not None else f"≤ {self.at_most:g} {self.unit}"

    def is_met(self, value: float) -> bool:
        enough = self.at_least is None or value >= self.at_least
        return enough and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True, slots=True)
class Finding:
    goal: Goal
    spread: Spread

    @property
    def is_met(self) -> bool:
        """By the median."""
        return self.goal.is_met(self.spread.median)


ROUTER: Final = "router, contacts/s"
HAND: Final = "batch loop by hand, contacts/s"
PER_MESSAGE: Final = "FastStream per message, contacts/s"
PROMPT_ROUTER: Final = "router, linger 0, contacts/s"
PROMPT_PER_MESSAGE: Final = "FastStream per message, linger 0, contacts/s"
TWO_ON_ONE: Final = "two routers, one desk, contacts/s"
ONE_ON_SIXTEEN: Final = "router, sixteen desks, contacts/s"
TWO_ON_SIXTEEN: Final = "two routers, sixteen desks, contacts/s"
ROUTER_P50: Final = "router, p50, ms"
HAND_P50: Final = "batch loop by hand, p50, ms"
LATE_P99: Final = "breach on the topic after it was due, p99, ms"

GOALS: Final[Sequence[Goal]] = (
    Goal("a", "router / batch loop by hand", ROUTER, HAND, at_least=0.5),
    Goal("b", "router / FastStream per message, broker defaults", ROUTER, PER_MESSAGE, at_least=40),
    Goal("b", "batch loop by hand / FastStream per message, broker defaults", HAND, PER_MESSAGE),
    Goal("b", "router / FastStream per message, linger 0", PROMPT_ROUTER, PROMPT_PER_MESSAGE, at_least=15),
    Goal("c", "p50 router / batch loop by hand", ROUTER_P50, HAND_P50, at_most=1.5),
    Goal("d", "two routers / one, one desk", TWO_ON_ONE, ROUTER, at_least=1.4),
    Goal("d", "two routers / one, sixteen desks", TWO_ON_SIXTEEN, ONE_ON_SIXTEEN, at_least=1.6),
    Goal("e", "lateness p99 with 100,000 timers pending", LATE_P99, None, at_most=25, unit="ms"),
    Goal("f", "resident memory of ingest", "ingest, MB", None, at_most=150, unit="MB"),
    Goal("f", "resident memory of router", "router, MB", None, at_most=120, unit="MB"),
    Goal("f", "resident memory of sla", "sla, MB", None, at_most=120, unit="MB"),
    Goal("f", "resident memory of notifier", "notifier, MB", None, at_most=120, unit="MB"),
)


def findings(series: Series) -> list[Finding]:
    """Goals of which nothing was measured are left out."""
    return [Finding(goal, spread(_values(goal, series))) for goal in GOALS if series.has(*_names(goal))]


def _names(goal: Goal) -> tuple[str, ...]:
    return (goal.ours,) if goal.theirs is None else (goal.ours, goal.theirs)


def _values(goal: Goal, series: Series) -> Sequence[float]:
    ours = series.values[goal.ours]
    return ours if goal.theirs is None else ratios(ours, series.values[goal.theirs])
