"""What would be offered to whom? Slow and obvious: every waiting item against every agent, from the rules alone."""

from datetime import datetime

from bellhop_router.domain.agents import Agent, Presence
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.names import AgentId, WorkItemId
from bellhop_router.domain.policy import DeskPolicy, Strategy
from bellhop_router.domain.work import Waiting, WorkItem


def waiting_items(desk: Desk) -> list[WorkItem]:
    return [item for item in desk.items.values() if isinstance(item.step, Waiting) and item.step.not_before is None]


def could_take(desk: Desk, agent: Agent, item: WorkItem, now: datetime, spare: int | None = None) -> bool:
    policy = _policy(desk)
    channel = policy.channels[item.channel]
    room = agent.spare if spare is None else spare
    skills = {**agent.profile.languages, **agent.profile.skills}
    declined = item.declined.get(agent.id)
    return (
        agent.presence is Presence.AVAILABLE
        and item.channel in agent.profile.channels
        and agent.profile.tier == item.tier
        and all(skills.get(need.skill, 0) >= need.level for need in item.required)
        and room >= channel.weight
        and (channel.cap is None or sum(1 for hold in agent.holds if hold.channel == item.channel) < channel.cap)
        and not (declined is not None and declined > now)
    )


def points(desk: Desk, item: WorkItem, now: datetime) -> float:
    queue = _policy(desk).queues[item.queue]
    return item.priority + item.boost + queue.ageing * (now - item.queued_at).total_seconds() / 60


def next_offer(desk: Desk, now: datetime) -> tuple[WorkItemId, AgentId] | None:
    """The item with most points that anybody can take, to the first of its queue's order."""
    ranked = sorted(waiting_items(desk), key=lambda item: (-points(desk, item, now), str(item.id)))
    for item in ranked:
        able = [agent for agent in desk.agents.values() if could_take(desk, agent, item, now)]
        if able:
            return item.id, min(able, key=lambda agent: _turn(desk, agent, item)).id
    return None


def _turn(desk: Desk, agent: Agent, item: WorkItem) -> tuple[object, ...]:
    idle = agent.idle_since(item.channel)
    missing = sum(1 for need in item.optional if not agent.profile.has(need))
    misfit = missing + (agent.id in item.involved)
    strategy = _policy(desk).queues[item.queue].strategy
    taken = agent.used / agent.profile.capacity
    order = (idle, taken, agent.id) if strategy is Strategy.LONGEST_IDLE else (taken, idle, agent.id)
    return (misfit, *order)


def _policy(desk: Desk) -> DeskPolicy:
    assert desk.policy is not None
    return desk.policy
