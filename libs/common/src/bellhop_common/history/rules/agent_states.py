"""What was known of an agent when a decision was made? Read in the desk's order, states before decisions."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from bellhop_common.events.topics import AGENT
from bellhop_common.history.ports import History, Order, Selection
from bellhop_common.history.records import HistoryRecord


@dataclass(frozen=True, slots=True)
class _Known:
    """`before` is the last state below `desk_seq`, `within` those at it: a transaction may decide between two."""

    desk_seq: int
    before: HistoryRecord | None = None
    within: tuple[HistoryRecord, ...] = ()

    @property
    def last(self) -> HistoryRecord | None:
        return self.within[-1] if self.within else self.before


@dataclass(slots=True)
class AgentStates:
    """Compaction leaves holes in the offsets; without any, nothing is missing."""

    history: History
    _known: dict[tuple[str | None, str], _Known] = field(default_factory=dict)
    _holes: bool = False

    def __post_init__(self) -> None:
        self._holes = _has_holes(self.history)

    def learn(self, state: HistoryRecord) -> None:
        name = (state.desk, state.text("agent_id"))
        desk_seq = state.desk_seq or 0
        known = self._known.get(name, _Known(desk_seq))
        if known.desk_seq < desk_seq:
            known = _Known(desk_seq, known.last)
        states = sorted((*known.within, state), key=lambda one: one.number("version"))
        self._known[name] = replace(known, within=tuple(states))

    def possible(self, decision: HistoryRecord, agent_id: str) -> tuple[HistoryRecord, ...]:
        """The last state before the decision's transaction and those within it, oldest first."""
        known = self._known.get((decision.desk, agent_id))
        if known is None:
            return ()
        if known.desk_seq < (decision.desk_seq or 0):
            return () if known.last is None else (known.last,)
        return known.within if known.before is None else (known.before, *known.within)

    def cut(self, decision: HistoryRecord, agent_id: str) -> bool:
        """Whether the state that counts may have been compacted away.

        Of each key the last cleaned one stays, and all after it. In a raised epoch a desk's order starts anew,
        and states don't say in which epoch they were made.
        """
        if (decision.epoch or 1) > 1:
            return True
        return self._holes and not self.possible(decision, agent_id)


def _has_holes(history: History) -> bool:
    streamed = history.stream(Selection(Order.PLACE, (AGENT.name,), bodies=False))
    by_partition = groupby(streamed, key=lambda record: record.partition)
    return any(_hole(history, partition, records) for partition, records in by_partition)


def _hole(history: History, partition: int, records: Iterator[HistoryRecord]) -> bool:
    if history.facts.cut(AGENT.name, partition):
        return True
    return any(record.offset != expected for expected, record in enumerate(records))
