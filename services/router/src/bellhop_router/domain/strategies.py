"""Who of the eligible is asked first? Each strategy as an order; ties end at the lowest agent id."""

from datetime import datetime

from bellhop_router.domain.agents import Agent
from bellhop_router.domain.names import AgentId, Channel
from bellhop_router.domain.policy import Strategy
from bellhop_router.domain.queues import EPOCH

Turn = tuple[float, float, AgentId]
"""Sorts the agents of a channel; the lowest goes first."""


def turn_of(strategy: Strategy, agent: Agent, channel: Channel) -> Turn:
    idle_since = agent.idle_since(channel)
    since = 0.0 if idle_since is None else (idle_since - EPOCH).total_seconds()
    match strategy:
        case Strategy.LONGEST_IDLE:
            return (since, agent.occupancy, agent.id)
        case Strategy.LEAST_OCCUPIED:
            return (agent.occupancy, since, agent.id)


def score_of(strategy: Strategy, agent: Agent, channel: Channel, now: datetime) -> float:
    """Larger is better: seconds idle, or the share of capacity that is spare."""
    match strategy:
        case Strategy.LONGEST_IDLE:
            idle_since = agent.idle_since(channel)
            return 0.0 if idle_since is None else round((now - idle_since).total_seconds(), 3)
        case Strategy.LEAST_OCCUPIED:
            return round(1 - agent.occupancy, 4)
