"""What did a rule find? Ok with how many cases, a violation with the offsets that show it, or not checked and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bellhop_common.history.records import HistoryRecord, Place

SHOWN = 50
"""So many violations of one rule are kept in words; the rest are counted."""


class Status(StrEnum):
    OK = "ok"
    VIOLATION = "violation"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Violation:
    text: str
    offsets: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`part` names what of the rule this is about, where a rule has several inputs.

    `found` counts all violations, of which `violations` shows the first; `unchecked` counts cases that could not
    be judged, `why` says why not; `note` tells numbers that are no fault.
    """

    rule: str
    part: str
    status: Status
    cases: int = 0
    found: int = 0
    violations: tuple[Violation, ...] = ()
    unchecked: int = 0
    why: str = ""
    note: str = ""


@dataclass(slots=True)
class Findings:
    """Collects what one rule sees while the history streams past; holds no more than it shows."""

    rule: str
    part: str = ""
    cases: int = 0
    found: int = 0
    unchecked: int = 0
    violations: list[Violation] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)

    def case(self) -> None:
        self.cases += 1

    def wrong(self, text: str, *shown_by: HistoryRecord | Place) -> None:
        self.found += 1
        if len(self.violations) < SHOWN:
            places = tuple(one if isinstance(one, Place) else one.place for one in shown_by)
            self.violations.append(Violation(text, places))

    def skip(self, why: str) -> None:
        self.unchecked += 1
        self.reasons[why] = self.reasons.get(why, 0) + 1

    def verdict(self, note: str = "") -> Verdict:
        return Verdict(
            rule=self.rule,
            part=self.part,
            status=self._status(),
            cases=self.cases,
            found=self.found,
            violations=tuple(self.violations),
            unchecked=self.unchecked,
            why="; ".join(f"{count} {why}" for why, count in self.reasons.items()),
            note=note,
        )

    def _status(self) -> Status:
        if self.found:
            return Status.VIOLATION
        return Status.NOT_CHECKED if self.unchecked and not self.cases else Status.OK


def not_checked(rule: str, part: str, why: str) -> Verdict:
    return Verdict(rule=rule, part=part, status=Status.NOT_CHECKED, why=why)


def any_violation(verdicts: Iterable[Verdict]) -> bool:
    return any(verdict.status is Status.VIOLATION for verdict in verdicts)
