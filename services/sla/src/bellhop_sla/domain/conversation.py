"""What is kept of a conversation: the facts of its work items, and what has been said of each clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bellhop_common.ids import natural_id
from bellhop_sla.domain.clock import Clock, clock_of, pendings_of
from bellhop_sla.domain.desk_file import DeskFile
from bellhop_sla.domain.facts import Fact, FactKind, in_order, place
from bellhop_sla.domain.published import Published
from bellhop_sla.domain.runs import ENDS, Run, runs_of
from bellhop_sla.domain.terms import choices_of, terms_of

_BY_CONTACT = frozenset({FactKind.QUEUED, FactKind.CUSTOMER_WROTE})


@dataclass(frozen=True, slots=True)
class Item:
    """A work item's facts, in no order that matters."""

    work_item_id: UUID
    cycle: int
    facts: tuple[Fact, ...] = ()
    published: tuple[Published, ...] = ()

    @property
    def queue(self) -> str:
        contexts = [fact.context for fact in in_order(self.facts) if fact.context is not None]
        return contexts[-1].queue if contexts else ""

    @property
    def at_rest(self) -> bool:
        over = any(fact.kind in ENDS for fact in self.facts)
        return over and all(one.end is not None for one in self.published)

    def with_fact(self, fact: Fact) -> "Item":
        known = {place(one) for one in self.facts}
        return self if place(fact) in known else replace(self, facts=(*self.facts, fact))


@dataclass(frozen=True, slots=True)
class Conversation:
    """`calls` are facts that name no work item. `said` counts the events published; `timer_at` is what is set."""

    conversation_id: UUID
    desk: str
    items: tuple[Item, ...] = ()
    calls: tuple[Fact, ...] = ()
    said: int = 0
    timer_at: datetime | None = None

    @property
    def over_since(self) -> datetime | None:
        """The last that was heard, if nothing is open and all was said."""
        if not all(one.at_rest for one in self.items):
            return None
        facts = (*self.calls, *(fact for item in self.items for fact in item.facts))
        return max((fact.at for fact in facts), default=None)

    def item(self, work_item_id: UUID) -> Item | None:
        return next((one for one in self.items if one.work_item_id == work_item_id), None)

    def with_item(self, item: Item) -> "Conversation":
        others = (one for one in self.items if one.work_item_id != item.work_item_id)
        return replace(self, items=tuple(sorted((*others, item), key=lambda one: one.cycle)))


def clock_id(item: Item, run: Run) -> UUID:
    return natural_id("clock", str(item.work_item_id), run.metric, str(run.number), str(run.tier))


def clocks_of(item: Item, calls: Sequence[Fact], file: DeskFile) -> Mapping[UUID, Clock]:
    """Every clock that the item's facts and the desk's file give, in order of start."""
    facts = (*item.facts, *_own_calls(item, calls))
    if not any(fact.kind is FactKind.QUEUED for fact in facts):
        return {}
    choices, pendings = choices_of(facts, file), pendings_of(facts)
    runs = ((run, terms_of(run, choices, file)) for run in runs_of(facts))
    return {clock_id(item, run): clock_of(run, terms, pendings) for run, terms in runs if terms}


def _own_calls(item: Item, calls: Sequence[Fact]) -> tuple[Fact, ...]:
    """Calls name their contact, and are read in no order with the items; told by instants, one would count for two."""
    contacts = {fact.ref for fact in item.facts if fact.kind in _BY_CONTACT}
    return tuple(call for call in calls if call.ref in contacts)
