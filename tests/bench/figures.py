"""What do many rounds say together? Medians, ratios within a round, and how far they lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of all rounds, and the lowest and highest of them."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Sequence[float]) -> Spread:
    """Raises `ValueError` for none."""
    if not values:
        raise ValueError("nothing was measured")
    return Spread(median(values), min(values), max(values), len(values))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Each round against itself: what slowed the machine in one round slowed both."""
    return [our / their for our, their in zip(ours, theirs, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all doesn't exceed; one that was measured, never one between."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(ceil(len(ordered) * share) - 1, 0)]
