"""What has this one decision changed so far? A scratch pad that lives for one call of `decide` and no longer."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bellhop_common.decision import CancelTimer, Decision, SetTimer, Subject
from bellhop_router.domain import desk as desks
from bellhop_router.domain.agents import Agent, Hold
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import About, AgentChanged, Load, RouterEvent
from bellhop_router.domain.names import ROUTER, Actor, AgentId, WorkItemId
from bellhop_router.domain.policy import DeskPolicy
from bellhop_router.domain.queues import EPOCH, MICROSECOND
from bellhop_router.domain.work import Waiting, WorkItem


@dataclass(slots=True)
class Turn:
    """`hungry` agents may take more than before, `restless` items may be offered to others than before."""

    desk: Desk
    policy: DeskPolicy
    now: datetime
    actor: Actor = ROUTER
    events: list[RouterEvent] = field(default_factory=list)
    timers: dict[tuple[str, Subject], SetTimer | CancelTimer] = field(default_factory=dict)
    hungry: set[AgentId] = field(default_factory=set)
    restless: set[WorkItemId] = field(default_factory=set)
    unsaid: set[AgentId] = field(default_factory=set)

    def say(self, event: RouterEvent) -> None:
        self.events.append(event)

    def put(self, item: WorkItem) -> WorkItem:
        self.desk = desks.with_item(self.desk, self.policy, item)
        if isinstance(item.step, Waiting):
            self.restless.add(item.id)
        return item

    def put_agent(self, agent: Agent) -> Agent:
        self.desk = desks.with_agent(self.desk, self.policy, agent)
        self.unsaid.add(agent.id)
        return agent

    def wake(self, kind: str, subject: Subject, due_at: datetime) -> None:
        self.timers[(kind, subject)] = SetTimer(kind, subject, due_at)

    def forget(self, kind: str, subject: Subject) -> None:
        self.timers[(kind, subject)] = CancelTimer(kind, subject)

    def about(self, item: WorkItem, actor: Actor | None = None) -> About:
        holder = None if item.holder is None else self.desk.agents.get(item.holder)
        return About(
            desk=self.desk.id,
            desk_version=self.policy.version,
            work_item_id=item.id,
            conversation_id=item.conversation_id,
            customer_id=item.origin.customer_id,
            queue=item.queue,
            tier=item.tier,
            team=None if holder is None else holder.profile.team,
            channel=item.channel,
            priority=item.priority,
            cycle=item.cycle,
            actor=actor or self.actor,
        )

    def take(self, agent_id: AgentId, item: WorkItem) -> Load:
        """The agent's load grows by the item."""
        agent = self.desk.agents[agent_id]
        after = self.put_agent(agent.taking(Hold(item.id, item.channel, item.weight), self.now))
        return _load(agent, after)

    def free(self, agent_id: AgentId, item: WorkItem) -> Load | None:
        """The agent's load shrinks by the item; None when it held nothing of it (pended, or gone)."""
        agent = self.desk.agents.get(agent_id)
        hold = None if agent is None else agent.hold_of(item.id)
        if agent is None or hold is None:
            return None
        after = self.put_agent(agent.freeing(hold, self.now))
        self.hungry.add(agent_id)
        return _load(agent, after)

    def say_agent(self, agent_id: AgentId) -> None:
        """At once, so that in the desk's order the new state stands before what is decided on it."""
        agent = self.desk.agents[agent_id]
        agent = replace(agent, version=next_version(agent.version, self.now))
        self.desk = desks.with_said_agent(self.desk, agent)
        self.unsaid.discard(agent_id)
        self.say(AgentChanged(self.desk.id, self.policy.version, agent, self.now))

    def decision(self) -> Decision[Desk, RouterEvent]:
        return Decision(self.desk, tuple(self.events), tuple(self.timers.values()))


def next_version(version: int, now: datetime) -> int:
    """Rises also over a removal, after which nobody remembers the old one."""
    return max(version + 1, (now - EPOCH) // MICROSECOND)


def _load(before: Agent, after: Agent) -> Load:
    return Load(before.id, before.used, after.used, before.profile.capacity)


def conversation(item: WorkItem) -> Subject:
    return Subject("conversation", str(item.conversation_id))


def agent_subject(agent_id: AgentId) -> Subject:
    return Subject("agent", agent_id)


def assignment(item: WorkItem) -> Subject:
    """Wrap-ups of two cycles of one conversation may run side by side."""
    return Subject("assignment", f"{item.conversation_id}/{item.cycle}")
