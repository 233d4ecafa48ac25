"""What was measured in each round? Named values, one per round, in the order of the rounds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass(slots=True)
class Series:
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, measured: Mapping[str, float]) -> None:
        for name, value in measured.items():
            self.values[name].append(value)

    def has(self, *names: str) -> bool:
        return all(self.values.get(name) for name in names)

    def middle(self, name: str) -> float:
        return median(self.values[name])
