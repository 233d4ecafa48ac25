"""What follows from what happened? The one pure entry of the router's core."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bellhop_common.decision import CallEnded, Decision, MissingReference, TimerDue
from bellhop_router.domain import applying, boards, contacts, escalation, presence, speaking
from bellhop_router.domain.commands import obey
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import Rejected, RouterEvent
from bellhop_router.domain.inputs import (
    AgentCommand,
    ApplyDesk,
    ClockFired,
    ContactAbandoned,
    ContactReceived,
    Happening,
    Ignored,
    NoticeLost,
    WorkCommand,
)
from bellhop_router.domain.matching import settle
from bellhop_router.domain.names import ROUTER, AgentId
from bellhop_router.domain.refusals import LONGEST_DETAIL, Refusal, of_another_desk
from bellhop_router.domain.roster import order
from bellhop_router.domain.timers import fire
from bellhop_router.domain.turn import Turn

Unasked = TimerDue | CallEnded | ClockFired | NoticeLost
"""What may come of a desk that was never applied, and then means nothing."""

Command = WorkCommand | AgentCommand | ApplyDesk
Routed = Decision[Desk, RouterEvent]


def decide(desk: Desk, happening: Happening, now: datetime) -> Routed | MissingReference:
    """`desk` isn't changed. Without an applied desk file nothing can be decided yet."""
    if isinstance(happening, ApplyDesk):
        return _apply(desk, happening, now)
    if isinstance(happening, Ignored):
        return Decision(desk)
    if desk.policy is None:
        return _without_policy(desk, happening)
    turn = Turn(desk, desk.policy, now)
    refused = _dispatch(turn, happening)
    if refused is not None and isinstance(happening, WorkCommand | AgentCommand):
        return _rejected(desk, happening, refused, now)
    return _settled(turn, desk)


def _without_policy(desk: Desk, happening: Happening) -> Routed | MissingReference:
    """Contacts wait for their desk's file. A command's sender may name any desk; nobody waits for that one."""
    if isinstance(happening, Unasked):
        return Decision(desk)
    waits = isinstance(happening, ContactReceived | ContactAbandoned)
    return MissingReference("desk" if waits else "desk-file", desk.id)


def _settled(turn: Turn, before: Desk) -> Routed:
    turn.actor = ROUTER
    settle(turn)
    boards.announce(turn, before.ages)
    return turn.decision()


def _dispatch(turn: Turn, happening: Happening) -> Refusal | None:
    match happening:
        case ContactReceived():
            contacts.receive(turn, happening)
        case ContactAbandoned():
            contacts.abandon(turn, happening)
        case WorkCommand():
            return _command(turn, happening)
        case AgentCommand():
            turn.actor = happening.actor
            return order(turn, happening)
        case ClockFired() | NoticeLost():
            _news(turn, happening)
        case TimerDue():
            fire(turn, happening)
        case CallEnded() | ApplyDesk() | Ignored():
            pass
        case _:
            assert_never(happening)
    return None


def _command(turn: Turn, command: WorkCommand) -> Refusal | None:
    turn.actor = command.actor
    refused = obey(turn, command)
    agent = turn.desk.agents.get(AgentId(command.actor.id)) if command.actor.kind == "agent" else None
    if refused is None and agent is not None:
        presence.touch(turn, agent)
    if refused is None and not turn.events:
        return Refusal("no-effect", "nothing on this desk follows from it")
    return refused


def _news(turn: Turn, news: ClockFired | NoticeLost) -> None:
    item = turn.desk.open_item(news.conversation_id)
    if item is None:
        return
    if isinstance(news, ClockFired):
        escalation.by_clock(turn, item, news)
    else:
        speaking.lost(turn, item, news)


def _apply(desk: Desk, apply: ApplyDesk, now: datetime) -> Routed:
    if not applying.is_current(desk, apply):
        in_force = f"version {applying.version_of(desk)} is in force"
        return _rejected(desk, apply, Refusal("version-conflict", in_force), now)
    taken = sorted((each.id, desk.elsewhere[each.id]) for each in apply.roster if each.id in desk.elsewhere)
    if taken:
        return _rejected(desk, apply, of_another_desk(taken), now)
    begun = applying.begin(desk, apply)
    turn = Turn(begun, replace(apply.policy, version=applying.version_of(begun)), now)
    applying.finish(turn, apply)
    return _settled(turn, desk)


def _rejected(desk: Desk, command: Command, refused: Refusal, now: datetime) -> Routed:
    """Nothing changes but what its sender is told."""
    key = _key(command)
    version = applying.version_of(desk)
    detail = refused.detail[:LONGEST_DETAIL]
    told = Rejected(desk.id, version, key, command.command_id, refused.code, detail, now)
    return Decision(desk, (told,))


def _key(command: Command) -> str:
    match command:
        case WorkCommand():
            return str(command.conversation_id)
        case AgentCommand(agent_id=agent_id):
            return agent_id
        case _:
            return command.desk
