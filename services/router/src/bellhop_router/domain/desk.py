"""What is true of a desk now? Items, agents, and the orders kept so that a decision costs what it changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import immutables

from bellhop_router.domain import queues
from bellhop_router.domain.agents import Agent, Presence
from bellhop_router.domain.names import AgentId, Channel, ConversationId, QueueName, WorkItemId
from bellhop_router.domain.order import Order
from bellhop_router.domain.policy import DeskPolicy, Strategy
from bellhop_router.domain.queues import EMPTY, Entry, Lanes
from bellhop_router.domain.strategies import Turn as AgentTurn
from bellhop_router.domain.strategies import turn_of
from bellhop_router.domain.work import Ended, Waiting, WorkItem

Ready = immutables.Map[tuple[Strategy, Channel], Order[AgentTurn]]
Handling = immutables.Map[Channel, int]
Touched = tuple[str, str]
"""Kind and id of a document: item, agent, queue, desk."""
Ages = immutables.Map[QueueName, Order[Entry]]
Turns = dict[tuple[Strategy, Channel], AgentTurn]
Presences = immutables.Map[Presence, int]
NONE_READY: Order[AgentTurn] = Order()


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

    `elsewhere` names the desk of each agent that the inputs at hand would take in here while another desk has it.
    `ready` are the available agents with room for a channel, in each strategy's order; `handling` counts the
    available ones with or without room. `touched` is what differs from the state that was read, `ended` the items
    that ended since.
    """

    id: str
    policy: DeskPolicy | None = None
    items: immutables.Map[WorkItemId, WorkItem] = field(default_factory=immutables.Map)
    open: immutables.Map[ConversationId, WorkItemId] = field(default_factory=immutables.Map)
    past: immutables.Map[ConversationId, WorkItem] = field(default_factory=immutables.Map)
    elsewhere: immutables.Map[AgentId, str] = field(default_factory=immutables.Map)
    agents: immutables.Map[AgentId, Agent] = field(default_factory=immutables.Map)
    boards: immutables.Map[QueueName, Board] = field(default_factory=immutables.Map)
    lanes: Lanes = field(default_factory=immutables.Map)
    ages: Ages = field(default_factory=immutables.Map)
    ready: Ready = field(default_factory=immutables.Map)
    handling: Handling = field(default_factory=immutables.Map)
    presences: Presences = field(default_factory=immutables.Map)
    touched: immutables.Map[Touched, None] = field(default_factory=immutables.Map)
    ended: immutables.Map[WorkItemId, WorkItem] = field(default_factory=immutables.Map)

    def open_item(self, conversation_id: ConversationId) -> WorkItem | None:
        found = self.open.get(conversation_id)
        return None if found is None else self.items[found]

    def waiting(self, queue: QueueName) -> int:
        return len(self.ages.get(queue, EMPTY))


def with_item(desk: Desk, policy: DeskPolicy, item: WorkItem) -> Desk:
    """Puts the item in its new place; an ended one leaves, and stays known as its conversation's past."""
    old = desk.items.get(item.id)
    lanes, ages = _requeued(desk, policy, old, item)
    touched = desk.touched.set(("item", str(item.id)), None)
    is_over = isinstance(item.step, Ended)
    others = desk.items if old is None else desk.items.delete(item.id)
    return replace(
        desk,
        items=others if is_over else others.set(item.id, item),
        open=_open(desk, item),
        past=_past(desk, item),
        lanes=lanes,
        ages=ages,
        touched=touched,
        ended=desk.ended.set(item.id, item) if is_over else desk.ended,
    )


def without_item(desk: Desk, policy: DeskPolicy, item_id: WorkItemId) -> Desk:
    """As if it had never been here; for what another process ended."""
    item = desk.items.get(item_id)
    if item is None:
        return desk
    ended = with_item(desk, policy, replace(item, step=Ended(item.queued_at, "elsewhere")))
    return replace(ended, past=desk.past, ended=desk.ended)


def with_agent(desk: Desk, policy: DeskPolicy, agent: Agent) -> Desk:
    return _roster(desk, policy, agent.id, agent)


def without_agent(desk: Desk, policy: DeskPolicy, agent_id: AgentId) -> Desk:
    return _roster(desk, policy, agent_id, None) if agent_id in desk.agents else desk


def with_said_agent(desk: Desk, agent: Agent) -> Desk:
    """The agent told to the outside: only its version differs, so no order does."""
    touched = desk.touched.set(("agent", agent.id), None)
    return replace(desk, agents=desk.agents.set(agent.id, agent), touched=touched)


def rebuilt(desk: Desk, policy: DeskPolicy, items: Iterable[WorkItem], agents: Iterable[Agent]) -> Desk:
    """Every order anew, as a changed desk file or a cold start needs."""
    fresh = Desk(desk.id, policy, past=desk.past, elsewhere=desk.elsewhere, boards=desk.boards)
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


def _requeued(desk: Desk, policy: DeskPolicy, old: WorkItem | None, new: WorkItem) -> tuple[Lanes, Ages]:
    lanes, ages = desk.lanes, desk.ages
    if old is not None and _is_queued(old):
        lanes = queues.remove(lanes, queues.lane_of(old), entry_of(policy, old))
        ages = ages.set(old.queue, ages[old.queue].removed(_age(old)))
    if _is_queued(new):
        lanes = queues.insert(lanes, queues.lane_of(new), entry_of(policy, new))
        ages = ages.set(new.queue, ages.get(new.queue, EMPTY).inserted(_age(new)))
    return lanes, ages


def _age(item: WorkItem) -> Entry:
    return (item.queued_at - queues.EPOCH) // queues.MICROSECOND, str(item.id)


def _roster(desk: Desk, policy: DeskPolicy, name: AgentId, new: Agent | None) -> Desk:
    """The desk with `new` in this agent's place, or without the agent."""
    old = desk.agents.get(name)
    handling, presences = desk.handling, desk.presences
    if _posture(old) != _posture(new):
        handling = _counted(_counted(handling, old, -1), new, 1)
        presences = _present(_present(presences, old, -1), new, 1)
    return replace(
        desk,
        agents=desk.agents.delete(name) if new is None else desk.agents.set(name, new),
        ready=_ordered(desk.ready, _turns(policy, old), _turns(policy, new)),
        handling=handling,
        presences=presences,
        touched=desk.touched.set(("agent", name), None),
    )


def _posture(agent: Agent | None) -> tuple[Presence, tuple[Channel, ...]] | None:
    return None if agent is None else (agent.presence, agent.profile.channels)


def _ordered(ready: Ready, before: Turns, after: Turns) -> Ready:
    for key, turn in before.items():
        if after.get(key) != turn:
            ready = ready.set(key, ready[key].removed(turn))
    for key, turn in after.items():
        if before.get(key) != turn:
            ready = ready.set(key, ready.get(key, NONE_READY).inserted(turn))
    return ready


def _turns(policy: DeskPolicy, agent: Agent | None) -> Turns:
    """Where an agent with room stands, in each strategy's order of each channel."""
    if agent is None:
        return {}
    return {
        (strategy, channel): turn_of(strategy, agent, channel)
        for channel in _answered(agent)
        if agent.has_room(policy, channel)
        for strategy in policy.strategies
    }


def _counted(handling: Handling, agent: Agent | None, by: int) -> Handling:
    for channel in () if agent is None else _answered(agent):
        handling = handling.set(channel, handling.get(channel, 0) + by)
    return handling


def _present(presences: Presences, agent: Agent | None, by: int) -> Presences:
    return presences if agent is None else presences.set(agent.presence, presences.get(agent.presence, 0) + by)


def _answered(agent: Agent) -> tuple[Channel, ...]:
    return agent.profile.channels if agent.presence is Presence.AVAILABLE else ()
