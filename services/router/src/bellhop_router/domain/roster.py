"""What does a command on an agent do? Presence, signs of life, and profiles unless the desk file owns the roster."""

from typing import assert_never

from bellhop_router.domain import presence
from bellhop_router.domain.agents import Agent
from bellhop_router.domain.inputs import AgentCommand, Heartbeat, Remove, SetPresence, Upsert
from bellhop_router.domain.refusals import TOO_LARGE, Refusal, of_another_desk
from bellhop_router.domain.turn import Turn


def order(turn: Turn, command: AgentCommand) -> Refusal | None:
    if not _is_believed(turn, command):
        return Refusal("not-allowed", f"{command.source} may not act for agents on this desk")
    if command.too_large is not None:
        return Refusal(TOO_LARGE, command.too_large)
    if isinstance(command.ask, Upsert | Remove) and turn.policy.roster_in_file:
        return Refusal("roster-in-file", "this desk's agents stand in its desk file; change them there")
    if isinstance(command.ask, Upsert):
        other = turn.desk.elsewhere.get(command.agent_id)
        if other is not None:
            return of_another_desk([(command.agent_id, other)])
        presence.upsert(turn, command.ask.profile)
        return None
    agent = turn.desk.agents.get(command.agent_id)
    if agent is None:
        return Refusal("unknown-agent", f"no agent {command.agent_id} on this desk")
    return _known(turn, agent, command)


def _known(turn: Turn, agent: Agent, command: AgentCommand) -> Refusal | None:
    if command.actor.speaks_for_itself and command.actor.id != agent.id:
        return Refusal("not-yours", f"{command.actor.id} may not act for {agent.id}")
    match command.ask:
        case SetPresence(presence=wanted, reason=reason):
            presence.set_presence(turn, agent, wanted, reason)
        case Heartbeat():
            presence.touch(turn, agent)
        case Remove():
            presence.remove(turn, agent.id)
        case Upsert():
            pass
        case _:
            assert_never(command.ask)
    return None


def _is_believed(turn: Turn, command: AgentCommand) -> bool:
    return command.source is None or command.source in turn.policy.acting_sources
