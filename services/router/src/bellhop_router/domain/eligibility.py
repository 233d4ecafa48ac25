"""May this agent take this item now, and if not, why not? Reasons are counted and shown to people."""

from datetime import datetime
from enum import StrEnum

from bellhop_router.domain.agents import Agent, Presence
from bellhop_router.domain.policy import DeskPolicy
from bellhop_router.domain.queues import Lane, lane_of
from bellhop_router.domain.work import WorkItem


class Ineligible(StrEnum):
    OFFLINE = "offline"
    AWAY = "away"
    WRONG_CHANNEL = "wrong-channel"
    WRONG_TIER = "wrong-tier"
    WRONG_TEAM = "wrong-team"
    LACKS_SKILL = "lacks-skill"
    AT_CAPACITY = "at-capacity"
    DECLINED = "declined-recently"


def why_not(policy: DeskPolicy, agent: Agent, item: WorkItem, now: datetime) -> Ineligible | None:
    """None when the agent is eligible and has room."""
    reason = why_never(policy, agent, lane_of(item))
    if reason is not None:
        return reason
    if remembers(agent, item, now):
        return Ineligible.DECLINED
    return None if agent.has_room(policy, item.channel) else Ineligible.AT_CAPACITY


def why_never(policy: DeskPolicy, agent: Agent, lane: Lane) -> Ineligible | None:
    """What capacity can't mend: presence, channel, tier, team, skills."""
    profile = agent.profile
    if agent.presence is not Presence.AVAILABLE:
        return Ineligible.AWAY if agent.presence is Presence.AWAY else Ineligible.OFFLINE
    if lane.channel not in profile.channels:
        return Ineligible.WRONG_CHANNEL
    if profile.tier not in policy.tiers.get(lane.tier, frozenset({lane.tier})):
        return Ineligible.WRONG_TIER
    teams = policy.queue(lane.queue).teams
    if teams and profile.team not in teams:
        return Ineligible.WRONG_TEAM
    return None if all(profile.has(need) for need in lane.required) else Ineligible.LACKS_SKILL


def remembers(agent: Agent, item: WorkItem, now: datetime) -> bool:
    """Whether the agent declined this item, let it lapse or gave it back, not long ago."""
    until = item.declined.get(agent.id)
    return until is not None and until > now
