"""What is true of a desk now? Items, agents, and the orders kept so that a decision costs what it changes."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import immutables

from bellhop_router.domain import queues
from bellhop_router.domain.agents import Agent, Presence
from bellhop_router.domain.names import AgentId, Channel, ConversationId, QueueName, WorkItemId
from bellhop_router.domain.policy import DeskPolicy, Strategy
from bellhop_router.domain.queues import Entry, Lanes
from bellhop_router.domain.strategies import Turn as AgentTurn
from bellhop_router.domain.strategies import turn_of
from bellhop_router.domain.work import Ended, Waiting, WorkItem

Ready = immutables.Map[tuple[Strategy, Channel], tuple[AgentTurn, ...]]
Touched = tuple[str, str]
"""Kind and id of a document: item, agent, queue, desk."""
Change = Callable[[tuple[AgentTurn, ...], AgentTurn], tuple[AgentTurn, ...]]
Ages = immutables.Map[QueueName, tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Board:
    """What was last said of a queue to the outside, and whether that has changed since."""

    version: int = 0
    said_at: datetime | None = None
    stale: bool = False
    mean_wait: float | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """`past` holds the last ended item of the conversations that the inputs at hand name, no others.

    `ready` are the available agents with room for a channel, in each strategy's order; `handling` counts the
    available ones with or without room. `touched` is what differs from the state that was read, `ended` the items
    that ended since.
    """

    id: str
    policy: DeskPolicy | None = None
    items: immutables.Map[WorkItemId, WorkItem] = field(default_factory=immutables.Map)
    open: immutables.Map[ConversationId, WorkItemId] = field(default_factory=immutables.Map)
    past: immutables.Map[ConversationId, WorkItem] = field(default_factory=immutables.Map)
    agents: immutables.Map[AgentId, Agent] = field(default_factory=immutables.Map)
    boards: immutables.Map[QueueName, Board] = field(default_factory=immutables.Map)
    lanes: Lanes = field(default_factory=immutables.Map)
    ages: Ages = field(default_factory=immutables.Map)
    ready: Ready = field(default_factory=immutables.Map)
    handling: immutables.Map[Channel, int] = field(default_factory=immutables.Map)
    presences: immutables.Map[Presence, int] = field(default_factory=immutables.Map)
    touched: immutables.Map[Touched, None] = field(default_factory=immutables.Map)
    ended: immutables.Map[WorkItemId, WorkItem] = field(default_factory=immutables.Map)

    def open_item(self, conversation_id: ConversationId) -> WorkItem | None:
        found = self.open.get(conversation_id)
        return None if found is None else self.items[found]

    def waiting(self, queue: QueueName) -> int:
        return len(self.ages.get(queue, ()))


def with_item(desk: Desk, policy: DeskPolicy, item: WorkItem) -> Desk:
    """Puts the item in its new place; an ended one leaves, and stays known as its conversation's past."""
    old = desk.items.get(item.id)
    if old is not None:
        desk = _unqueued(desk, policy, old)
    desk = replace(
        desk, open=_open(desk, item), past=_past(desk, item), touched=desk.touched.set(("item", str(item.id)), None)
    )
    if isinstance(item.step, Ended):
        items = desk.items if old is None else desk.items.delete(item.id)
        return replace(desk, items=items, ended=desk.ended.set(item.id, item))
    desk = replace(desk, items=desk.items.set(item.id, item))
    return _queued(desk, policy, item)


def without_item(desk: Desk, policy: DeskPolicy, item_id: WorkItemId) -> Desk:
    """As if it had never been here; for what another process ended."""
    item = desk.items.get(item_id)
    if item is None:
        return desk
    ended = with_item(desk, policy, replace(item, step=Ended(item.queued_at, "elsewhere")))
    return replace(ended, past=desk.past, ended=desk.ended)


def with_agent(desk: Desk, policy: DeskPolicy, agent: Agent) -> Desk:
    desk = without_agent(desk, policy, agent.id)
    ready, handling = desk.ready, desk.handling
    for channel in _answered(agent):
        handling = handling.set(channel, handling.get(channel, 0) + 1)
        if agent.has_room(policy, channel):
            ready = _in_each_strategy(ready, policy, (agent, channel), _inserted)
    presences = desk.presences.set(agent.presence, desk.presences.get(agent.presence, 0) + 1)
    changed = replace(desk, agents=desk.agents.set(agent.id, agent), ready=ready, handling=handling)
    return replace(changed, presences=presences, touched=desk.touched.set(("agent", agent.id), None))


def without_agent(desk: Desk, policy: DeskPolicy, agent_id: AgentId) -> Desk:
    agent = desk.agents.get(agent_id)
    if agent is None:
        return desk
    ready, handling = desk.ready, desk.handling
    for channel in _answered(agent):
        handling = handling.set(channel, handling[channel] - 1)
        if agent.has_room(policy, channel):
            ready = _in_each_strategy(ready, policy, (agent, channel), _removed)
    presences = desk.presences.set(agent.presence, desk.presences[agent.presence] - 1)
    changed = replace(desk, agents=desk.agents.delete(agent_id), ready=ready, handling=handling)
    return replace(changed, presences=presences, touched=desk.touched.set(("agent", agent_id), None))


def rebuilt(desk: Desk, policy: DeskPolicy, items: Iterable[WorkItem], agents: Iterable[Agent]) -> Desk:
    """Every order anew, as a changed desk file or a cold start needs."""
    fresh = Desk(desk.id, policy, past=desk.past, boards=desk.boards)
    for item in items:
        fresh = with_item(fresh, policy, item)
    for agent in agents:
        fresh = with_agent(fresh, policy, agent)
    return fresh


def entry_of(policy: DeskPolicy, item: WorkItem) -> Entry:
    return queues.rank(item, policy.queue(item.queue)), str(item.id)


def _open(desk: Desk, item: WorkItem) -> immutables.Map[ConversationId, WorkItemId]:
    if item.is_open:
        return desk.open.set(item.conversation_id, item.id)
    if desk.open.get(item.conversation_id) == item.id:
        return desk.open.delete(item.conversation_id)
    return desk.open


def _past(desk: Desk, item: WorkItem) -> immutables.Map[ConversationId, WorkItem]:
    """A wrap-up that ends late must not hide a later cycle."""
    known = desk.past.get(item.conversation_id)
    later = known is not None and known.cycle > item.cycle
    return desk.past if item.is_open or later else desk.past.set(item.conversation_id, item)


def _is_queued(item: WorkItem) -> bool:
    return isinstance(item.step, Waiting) and item.step.not_before is None


def _queued(desk: Desk, policy: DeskPolicy, item: WorkItem) -> Desk:
    if not _is_queued(item):
        return desk
    lanes = queues.insert(desk.lanes, queues.lane_of(item), entry_of(policy, item))
    ages = list(desk.ages.get(item.queue, ()))
    insort(ages, _age(item))
    return replace(desk, lanes=lanes, ages=desk.ages.set(item.queue, tuple(ages)))


def _unqueued(desk: Desk, policy: DeskPolicy, item: WorkItem) -> Desk:
    if not _is_queued(item):
        return desk
    lanes = queues.remove(desk.lanes, queues.lane_of(item), entry_of(policy, item))
    ages = desk.ages[item.queue]
    place = bisect_left(ages, _age(item))
    left = ages[:place] + ages[place + 1 :]
    return replace(desk, lanes=lanes, ages=desk.ages.set(item.queue, left))


def _age(item: WorkItem) -> Entry:
    return (item.queued_at - queues.EPOCH) // queues.MICROSECOND, str(item.id)


def _in_each_strategy(ready: Ready, policy: DeskPolicy, who: tuple[Agent, Channel], change: Change) -> Ready:
    for strategy in policy.strategies:
        key = (strategy, who[1])
        ready = ready.set(key, change(ready.get(key, ()), turn_of(strategy, *who)))
    return ready


def _inserted(order: tuple[AgentTurn, ...], turn: AgentTurn) -> tuple[AgentTurn, ...]:
    place = bisect_left(order, turn)
    return (*order[:place], turn, *order[place:])


def _removed(order: tuple[AgentTurn, ...], turn: AgentTurn) -> tuple[AgentTurn, ...]:
    place = bisect_left(order, turn)
    return order[:place] + order[place + 1 :]


def _answered(agent: Agent) -> tuple[Channel, ...]:
    return agent.profile.channels if agent.presence is Presence.AVAILABLE else ()
