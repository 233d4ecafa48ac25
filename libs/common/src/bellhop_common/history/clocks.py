"""What state is an SLA clock in, and may this event follow? The grammar of `sla.v1`, one clock at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bellhop_common.history.records import HistoryRecord


@dataclass(slots=True)
class Clock:
    """`unseen`: its beginning isn't in the history. A correction by name undoes what it names."""

    started: HistoryRecord
    unseen: bool = False
    paused: bool = False
    breached: HistoryRecord | None = None
    ended: HistoryRecord | None = None
    warned: dict[int, HistoryRecord] = field(default_factory=dict)
    latest: HistoryRecord = field(init=False)

    def __post_init__(self) -> None:
        self.latest = self.started


def apply(clock: Clock, record: HistoryRecord) -> Iterator[str]:
    """Changes the clock; yields what is wrong."""
    if clock.ended is not None and record.type != "sla.clock-corrected":
        yield f"{record.type} after the clock's end"
    match record.type:
        case "sla.clock-started":
            if clock.started.id != record.id:
                yield "the clock starts twice"
        case "sla.clock-paused" | "sla.clock-resumed":
            yield from _pause(clock, record)
        case "sla.clock-warned":
            yield from _warn(clock, record)
        case "sla.clock-breached":
            yield from _breach(clock, record)
        case "sla.clock-met" | "sla.clock-cancelled":
            clock.ended = record
        case "sla.clock-corrected":
            yield from _correct(clock, record)
        case _:
            pass
    clock.latest = record


def _pause(clock: Clock, record: HistoryRecord) -> Iterator[str]:
    pausing = record.type == "sla.clock-paused"
    if clock.paused is pausing:
        yield f"{record.type} while it is {'paused' if pausing else 'running'}"
    clock.paused = pausing


def _warn(clock: Clock, record: HistoryRecord) -> Iterator[str]:
    threshold = int(record.number("threshold"))
    if clock.paused:
        yield "warned while it is paused"
    if clock.breached is not None:
        yield "warned after the breach"
    if clock.warned and threshold <= max(clock.warned):
        yield f"warned at {threshold} after {max(clock.warned)}"
    clock.warned[threshold] = record


def _breach(clock: Clock, record: HistoryRecord) -> Iterator[str]:
    if clock.paused:
        yield "breached while it is paused"
    if clock.breached is not None:
        yield "breached twice"
    clock.breached = record


def _correct(clock: Clock, record: HistoryRecord) -> Iterator[str]:
    name = record.text("corrects")
    known = (*clock.warned.values(), clock.breached, clock.ended)
    if name not in {one.id for one in known if one is not None}:
        yield "corrects something that this clock never said"
    clock.warned = {threshold: one for threshold, one in clock.warned.items() if one.id != name}
    clock.breached = None if clock.breached is not None and clock.breached.id == name else clock.breached
    clock.ended = None if clock.ended is not None and clock.ended.id == name else clock.ended


@dataclass(slots=True)
class Lateness:
    """Append time less the later of `due_at` and `ready_at`, counted by the millisecond."""

    counts: dict[int, int] = field(default_factory=dict)

    def add(self, record: HistoryRecord) -> None:
        due_at = record.instant("due_at")
        if due_at is not None:
            ready_at = max(due_at, record.instant("ready_at") or due_at)
            late = int((record.appended_at - ready_at).total_seconds() * 1_000)
            self.counts[late] = self.counts.get(late, 0) + 1

    def told(self) -> str:
        if not self.counts:
            return ""
        total = sum(self.counts.values())
        parts = ", ".join(
            f"{name} {self._share(share)} ms" for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
        )
        return f"lateness of {total} breaches: {parts}"

    def _share(self, share: float) -> int:
        left = share * sum(self.counts.values())
        for late in sorted(self.counts):
            left -= self.counts[late]
            if left <= 0:
                return late
        return max(self.counts)
