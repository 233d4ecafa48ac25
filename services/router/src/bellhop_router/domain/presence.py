"""Who is there? Presence set by people, kept by a lease, and what happens to work when somebody leaves."""

from dataclasses import replace

from bellhop_router.domain import assignments, offers
from bellhop_router.domain import desk as desks
from bellhop_router.domain.agents import Agent, Presence, Profile
from bellhop_router.domain.events import AgentChanged
from bellhop_router.domain.names import AgentId
from bellhop_router.domain.turn import Turn, agent_subject, next_version
from bellhop_router.domain.work import Assigned, Offered, WorkItem

LEASE_LOST = "lease-lost"
MISSED_OFFERS = "missed-offers"
AGENT_LOST = "agent-lost"
AGENT_OFFLINE = "agent-offline"
AGENT_AWAY = "agent-away"
AGENT_REMOVED = "agent-removed"


def set_presence(turn: Turn, agent: Agent, presence: Presence, reason: str | None) -> None:
    same = (agent.presence, agent.reason) == (presence, reason)
    lease_until = None if presence is Presence.OFFLINE else turn.now + turn.policy.life.lease
    agent = replace(agent, presence=presence, reason=reason, lease_until=lease_until, misses=0)
    agent = replace(agent, lease_seconds=turn.policy.life.lease.total_seconds())
    agent = turn.put_agent(agent if same else replace(agent, since=turn.now))
    _keep_lease(turn, agent)
    turn.forget("grace", agent_subject(agent.id))
    if presence is Presence.AVAILABLE:
        turn.say_agent(agent.id)
        turn.hungry.add(agent.id)
        return
    # Offers end before the absence is said: in the desk's order nothing is offered to somebody who is away.
    _rescind_all(turn, agent.id, AGENT_OFFLINE if presence is Presence.OFFLINE else AGENT_AWAY)
    turn.say_agent(agent.id)
    if presence is Presence.OFFLINE:
        _take_back_untouched(turn, agent.id)
        _start_grace(turn, agent.id)


def touch(turn: Turn, agent: Agent) -> None:
    """A sign of life: the lease's timer moves, nothing else."""
    if agent.presence is not Presence.OFFLINE and agent.reason != LEASE_LOST:
        turn.wake("lease", agent_subject(agent.id), turn.now + turn.policy.life.lease)


def lose_lease(turn: Turn, agent: Agent) -> None:
    """Live work is kept for the grace, in case the agent's program comes back."""
    if agent.presence is Presence.OFFLINE:
        return
    put_away(turn, agent.id, LEASE_LOST, AGENT_LOST)
    _start_grace(turn, agent.id)


def end_grace(turn: Turn, agent: Agent) -> None:
    """Still not back: live work goes to somebody else, written work stays."""
    if agent.presence is Presence.AVAILABLE:
        return
    cause = AGENT_LOST if agent.reason == LEASE_LOST else AGENT_OFFLINE
    for item in _assigned(turn, agent.id):
        if turn.policy.channel(item.channel).live:
            assignments.requeue(turn, item, cause)


def miss(turn: Turn, agent_id: AgentId) -> None:
    """An offer lapsed unanswered; so many in a row put the agent away."""
    agent = turn.desk.agents[agent_id]
    agent = turn.put_agent(replace(agent, misses=agent.misses + 1))
    if agent.misses >= turn.policy.life.misses_to_away and agent.presence is Presence.AVAILABLE:
        put_away(turn, agent_id, MISSED_OFFERS, AGENT_AWAY)


def put_away(turn: Turn, agent_id: AgentId, reason: str, cause: str) -> None:
    agent = replace(turn.desk.agents[agent_id], presence=Presence.AWAY, reason=reason, since=turn.now, misses=0)
    turn.put_agent(agent if reason != LEASE_LOST else replace(agent, lease_until=None))
    _rescind_all(turn, agent_id, cause)
    turn.say_agent(agent_id)


def upsert(turn: Turn, profile: Profile) -> None:
    """A new or changed profile; presence and work stay as they are."""
    known = turn.desk.agents.get(profile.id)
    turn.put_agent(Agent(profile, since=turn.now) if known is None else replace(known, profile=profile))
    turn.say_agent(profile.id)
    turn.hungry.add(profile.id)


def remove(turn: Turn, agent_id: AgentId) -> None:
    """Everything the agent holds goes back at its age, then the agent is gone."""
    turn.put_agent(replace(turn.desk.agents[agent_id], presence=Presence.OFFLINE, reason=AGENT_REMOVED, since=turn.now))
    _rescind_all(turn, agent_id, AGENT_REMOVED)
    for hold in turn.desk.agents[agent_id].holds:
        item = turn.desk.items[hold.item_id]
        if isinstance(item.step, Assigned):
            assignments.requeue(turn, item, AGENT_REMOVED)
        elif item.step.step == "wrapping-up":
            assignments.finish_wrap_up(turn, item, item.step)
    for kind in ("lease", "grace"):
        turn.forget(kind, agent_subject(agent_id))
    agent = turn.desk.agents[agent_id]
    turn.desk = desks.without_agent(turn.desk, turn.policy, agent_id)
    turn.hungry.discard(agent_id)
    turn.unsaid.discard(agent_id)
    gone = replace(agent, version=next_version(agent.version, turn.now))
    turn.say(AgentChanged(turn.desk.id, turn.policy.version, gone, turn.now, gone=True))


def _keep_lease(turn: Turn, agent: Agent) -> None:
    if agent.lease_until is None:
        turn.forget("lease", agent_subject(agent.id))
    else:
        turn.wake("lease", agent_subject(agent.id), agent.lease_until)


def _start_grace(turn: Turn, agent_id: AgentId) -> None:
    if any(turn.policy.channel(item.channel).live for item in _assigned(turn, agent_id)):
        turn.wake("grace", agent_subject(agent_id), turn.now + turn.policy.life.grace)


def _rescind_all(turn: Turn, agent_id: AgentId, cause: str) -> None:
    for hold in turn.desk.agents[agent_id].holds:
        item = turn.desk.items[hold.item_id]
        if isinstance(item.step, Offered):
            offers.rescind(turn, item, item.step, cause)


def _take_back_untouched(turn: Turn, agent_id: AgentId) -> None:
    for item in _assigned(turn, agent_id):
        live = turn.policy.channel(item.channel).live
        if isinstance(item.step, Assigned) and not item.step.touched and not live:
            assignments.requeue(turn, item, AGENT_OFFLINE)


def _assigned(turn: Turn, agent_id: AgentId) -> list[WorkItem]:
    held = (turn.desk.items[hold.item_id] for hold in turn.desk.agents[agent_id].holds)
    return [item for item in held if isinstance(item.step, Assigned)]
