"""What came of the day? The figures that somebody who runs a support desk asks for."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from bellhop_local.demo.tally import Tally, percentile

OFFER_ENDS = ("offer-accepted", "offer-declined", "offer-expired", "offer-rescinded")


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: str


def figures(tally: Tally) -> Iterator[Figure]:
    yield Figure("contacts", f"{sum(tally.contacts.values())}  ({_counts(tally.contacts)})")
    yield Figure("parked", _counts(tally.parked) or "none")
    yield Figure("refused submissions", str(tally.refused))
    yield Figure("work items", f"{tally.work['queued']} queued, {tally.work['reopened']} of them reopened")
    yield Figure("offers", f"{tally.work['offered']} made: " + ", ".join(_offer(tally, name) for name in OFFER_ENDS))
    yield Figure("escalated", str(tally.work["escalated"]))
    yield Figure("ended", ", ".join(f"{tally.work[name]} {name}" for name in ("resolved", "abandoned")))
    yield Figure("still open", str(len(tally.open_items)))
    yield Figure("clocks", _counts(tally.clocks))
    yield Figure("notices", _notices(tally))
    yield Figure("suppressed", _counts(tally.suppressed) or "none")
    yield Figure("wait until accepted", _seconds(tally.waits))
    yield Figure("event to offer", _seconds(tally.routed))
    yield Figure("timer lateness p99", _milliseconds(tally.late_ms))
    yield Figure("repeats on the topics", str(tally.repeats))
    yield Figure("dead letters", str(tally.dead_letters))


def table(tally: Tally) -> Table:
    shown = Table(title="The day in figures", title_justify="left", show_header=False, box=None, pad_edge=False)
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column()
    for figure in figures(tally):
        shown.add_row(figure.name, figure.value)
    return shown


def _offer(tally: Tally, name: str) -> str:
    return f"{tally.work[name]} {name.removeprefix('offer-')}"


def _counts(counter: "dict[str, int]") -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))


def _notices(tally: Tally) -> str:
    ends: dict[str, list[str]] = {}
    for (kind, outcome), count in sorted(tally.notices.items()):
        if outcome not in {"scheduled", "deferred"}:
            ends.setdefault(kind, []).append(f"{count} {outcome}")
    return "; ".join(f"{kind}: {', '.join(outcomes)}" for kind, outcomes in ends.items())


def _seconds(values: list[float]) -> str:
    p50, p99 = percentile(values, 0.5), percentile(values, 0.99)
    return "not measured" if p50 is None or p99 is None else f"p50 {p50:.3f} s, p99 {p99:.3f} s ({len(values)} cases)"


def _milliseconds(values: list[float]) -> str:
    p99 = percentile(values, 0.99)
    return "not measured" if p99 is None else f"{p99:.0f} ms ({len(values)} firings)"
