"""What happens while an agent holds an item? Claimed, pended, resumed, given back, resolved, wrapped up."""

from dataclasses import replace
from datetime import datetime

from bellhop_common.ids import natural_id
from bellhop_router.domain import offers
from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import (
    Assigned,
    AssignmentEnded,
    Pended,
    Requeued,
    Resolution,
    Resolved,
    Resumed,
    WrapUpEnded,
    WrapUpStarted,
)
from bellhop_router.domain.names import AgentId, AssignmentId, ConversationId, WorkItemId
from bellhop_router.domain.turn import Turn, assignment, conversation
from bellhop_router.domain.work import Assigned as IsAssigned
from bellhop_router.domain.work import Candidate, DecisionRecord, Ended, Offered, Waiting, WorkItem, WrappingUp
from bellhop_router.domain.work import Pended as IsPended

MANUAL = "manual"


def place(turn: Turn, item: WorkItem, agent_id: AgentId, command_id: str) -> WorkItem:
    """By hand: whoever chose is the event's actor, and may exceed the agent's capacity."""
    item = unclaimed(turn, item, "claimed")
    record = DecisionRecord(
        turn.now, turn.policy.version, item.rule, item.queue, item.tier, MANUAL, 1, {}, Candidate(agent_id, 0.0)
    )
    turn.desk = offers.noting(turn, item, record)
    weight = turn.policy.channel(item.channel).weight
    step = IsAssigned(AssignmentId(natural_id("assignment", command_id)), agent_id, turn.now)
    involved = offers.with_agent(item, agent_id)
    taken = replace(turn.desk.items[item.id], step=step, weight=weight, turned_down=0, involved=involved)
    turn.put(taken)
    turn.forget("memory", conversation(item))
    turn.forget("not-before", conversation(item))
    load = turn.take(agent_id, taken)
    turn.say(
        Assigned(
            about=turn.about(taken),
            assignment_id=step.assignment_id,
            agent_id=agent_id,
            agent=load,
            placed=offers.placed(turn, taken, turn.actor),
        )
    )
    return taken


def unclaimed(turn: Turn, item: WorkItem, cause: str) -> WorkItem:
    """Ends a live offer or assignment, so that the item waits; its agent isn't asked again for a while."""
    match item.step:
        case Offered() as offer:
            return offers.rescind(turn, item, offer, cause)
        case IsAssigned() as held:
            return release(turn, item, held, cause)
        case _:
            return item


def release(turn: Turn, item: WorkItem, held: IsAssigned, cause: str) -> WorkItem:
    turn.forget("pend", conversation(item))
    about = turn.about(item)
    load = turn.free(held.agent_id, item)
    turn.say(
        AssignmentEnded(about=about, assignment_id=held.assignment_id, agent_id=held.agent_id, agent=load, cause=cause)
    )
    return turn.put(replace(item, step=Waiting()))


def requeue(turn: Turn, item: WorkItem, cause: str, prefer: AgentId | None = None) -> WorkItem:
    """Back to its queue at its original age."""
    item = unclaimed(turn, item, cause)
    until = None if prefer is None else turn.now + turn.policy.life.prefer_for
    item = turn.put(replace(item, prefer=prefer, prefer_until=until))
    turn.say(Requeued(about=turn.about(item), cause=cause))
    return item


def pend(turn: Turn, item: WorkItem, held: IsAssigned, waiting: IsPended) -> None:
    about = turn.about(item)
    load = turn.free(held.agent_id, item)
    turn.put(replace(item, step=replace(held, pended=waiting, touched=True)))
    if waiting.until is not None:
        turn.wake("pend", conversation(item), waiting.until)
    turn.say(
        Pended(
            about=about,
            assignment_id=held.assignment_id,
            agent_id=held.agent_id,
            agent=load,
            waiting_for=waiting.waiting_for,
            until=waiting.until,
        )
    )


def can_resume(turn: Turn, item: WorkItem, held: IsAssigned) -> bool:
    agent = turn.desk.agents.get(held.agent_id)
    if agent is None or agent.presence is not Presence.AVAILABLE:
        return False
    return agent.has_room(turn.policy, item.channel, item.weight)


def resume(turn: Turn, item: WorkItem, held: IsAssigned) -> None:
    turn.forget("pend", conversation(item))
    resumed = turn.put(replace(item, step=replace(held, pended=None)))
    load = turn.take(held.agent_id, resumed)
    turn.say(Resumed(about=turn.about(resumed), assignment_id=held.assignment_id, agent_id=held.agent_id, agent=load))


def resume_or_requeue(turn: Turn, item: WorkItem, held: IsAssigned, cause: str) -> None:
    """The agent takes it again if there is room; otherwise it waits, with that agent preferred."""
    if can_resume(turn, item, held):
        resume(turn, item, held)
    else:
        requeue(turn, item, cause, prefer=held.agent_id)


def resolve(turn: Turn, item: WorkItem, resolution: Resolution) -> None:
    """Resolved at once; the wrap-up goes on beside it and holds capacity."""
    if isinstance(item.step, Offered):
        item = offers.rescind(turn, item, item.step, "resolved")
    turn.say(Resolved(about=turn.about(item), resolution=resolution))
    for kind in ("memory", "pend", "not-before"):
        turn.forget(kind, conversation(item))
    if not isinstance(item.step, IsAssigned):
        end(turn, item, "resolved")
        return
    held = item.step
    wrap_up = turn.policy.channel(item.channel).wrap_up
    if wrap_up and held.pended is None and held.agent_id in turn.desk.agents:
        _wrap_up(turn, item, held, turn.now + wrap_up)
    else:
        release(turn, item, held, "resolved")
        end(turn, item, "resolved", held.agent_id)


def finish_wrap_up(turn: Turn, item: WorkItem, step: WrappingUp) -> None:
    turn.forget("wrap-up", assignment(item))
    about = turn.about(item)
    turn.say(WrapUpEnded(about=about, assignment_id=step.assignment_id, agent_id=step.agent_id))
    load = turn.free(step.agent_id, item)
    turn.say(
        AssignmentEnded(
            about=about, assignment_id=step.assignment_id, agent_id=step.agent_id, agent=load, cause="resolved"
        )
    )
    end(turn, item, "resolved", step.agent_id)


def item_id(conversation_id: ConversationId, cycle: int) -> WorkItemId:
    return WorkItemId(natural_id("work-item", str(conversation_id), str(cycle)))


def end(turn: Turn, item: WorkItem, how: str, agent_id: AgentId | None = None) -> None:
    turn.put(replace(item, step=Ended(turn.now, how, agent_id)))


def _wrap_up(turn: Turn, item: WorkItem, held: IsAssigned, until: datetime) -> None:
    turn.put(replace(item, step=WrappingUp(held.assignment_id, held.agent_id, until)))
    turn.wake("wrap-up", assignment(item), until)
    turn.say(
        WrapUpStarted(about=turn.about(item), assignment_id=held.assignment_id, agent_id=held.agent_id, until=until)
    )
