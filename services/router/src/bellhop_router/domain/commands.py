"""What does a command on a work item do, and who may give it? Either an effect or a refusal with the truth."""

from datetime import datetime
from typing import assert_never

from bellhop_router.domain import assignments, contacts, escalation, offers, speaking
from bellhop_router.domain.eligibility import why_never
from bellhop_router.domain.inputs import (
    Accept,
    Claim,
    Decline,
    Escalate,
    FinishWrapUp,
    Flag,
    KeepPromise,
    Note,
    Open,
    Pend,
    Place,
    Promise,
    Reopen,
    Reply,
    ReportThreat,
    Requeue,
    Resolve,
    Resume,
    SetPriority,
    Transfer,
    WorkAsk,
    WorkCommand,
)
from bellhop_router.domain.names import AgentId
from bellhop_router.domain.queues import lane_of
from bellhop_router.domain.refusals import TOO_LARGE, Refusal, already_done, truth
from bellhop_router.domain.transfers import give_back, transfer
from bellhop_router.domain.turn import Turn
from bellhop_router.domain.work import Assigned, Offered, Pended, Waiting, WorkItem, WrappingUp

PEOPLE = frozenset({"agent", "supervisor"})


def obey(turn: Turn, command: WorkCommand) -> Refusal | None:
    """Changes nothing when it refuses."""
    if command.actor.kind in PEOPLE and not _is_believed(turn, command):
        return Refusal("not-allowed", f"{command.source} may not act for agents on this desk")
    if command.too_large is not None:
        return Refusal(TOO_LARGE, command.too_large)
    if isinstance(command.ask, Open | Reopen):
        return _open(turn, command, command.ask)
    if isinstance(command.ask, FinishWrapUp):
        return _finish_wrap_up(turn, command, command.ask)
    item = turn.desk.open_item(command.conversation_id)
    if item is None:
        return _nothing_open(turn, command)
    if command.work_item_id is not None and command.work_item_id != item.id:
        return Refusal("wrong-item", f"work item {command.work_item_id} isn't open; {truth(item)}")
    return _on_item(turn, item, command)


def _on_item(turn: Turn, item: WorkItem, command: WorkCommand) -> Refusal | None:
    ask = command.ask
    match ask:
        case Accept() | Decline():
            return _answer(turn, item, ask, command.appended_at)
        case Claim() | Place():
            return _place(turn, item, ask.agent_id, command)
        case SetPriority():
            return _set_priority(turn, item, ask)
        case Flag():
            return speaking.flag(turn, item, ask)
        case Resolve() | Requeue() | Transfer() | Escalate():
            return _theirs(turn, item) or _move(turn, item, ask)
        case _:
            return _assigned(turn, item) or _theirs(turn, item) or _hold(turn, item, ask)


def _answer(turn: Turn, item: WorkItem, ask: Accept | Decline, appended_at: datetime) -> Refusal | None:
    offer = item.step
    if isinstance(offer, Assigned) and isinstance(ask, Accept) and offer.offer_id == ask.offer_id:
        return already_done(truth(item)) if _holds(turn, offer.agent_id) else Refusal("not-yours", truth(item))
    if not isinstance(offer, Offered) or offer.offer_id != ask.offer_id:
        return Refusal("offer-gone", f"offer {ask.offer_id} is over; {truth(item)}")
    if not _holds(turn, offer.agent_id):
        return Refusal("not-yours", truth(item))
    if appended_at >= offer.expires_at:
        return Refusal("offer-expired", f"offer {ask.offer_id} expired at {offer.expires_at.isoformat()}")
    if isinstance(ask, Accept):
        offers.accept(turn, item, offer)
    else:
        escalation.after_refusals(turn, offers.decline(turn, item, offer, ask.reason))
    return None


def _place(turn: Turn, item: WorkItem, agent_id: AgentId, command: WorkCommand) -> Refusal | None:
    """A claim or a placement: by a person, for an agent who could be offered it but for the load."""
    if command.actor.kind not in PEOPLE or not _holds(turn, agent_id):
        return Refusal("not-allowed", f"{command.actor.kind} {command.actor.id} may not give work to {agent_id}")
    agent = turn.desk.agents.get(agent_id)
    if agent is None:
        return Refusal("unknown-agent", f"no agent {agent_id} on this desk")
    if isinstance(item.step, Assigned):
        same = item.step.agent_id == agent_id
        return already_done(truth(item)) if same else Refusal("already-assigned", truth(item))
    reason = why_never(turn.policy, agent, lane_of(item))
    if reason is not None:
        return Refusal("not-eligible", f"{agent_id} can't take it: {reason}")
    assignments.place(turn, item, agent_id, command.command_id)
    return None


def _move(turn: Turn, item: WorkItem, ask: Resolve | Requeue | Transfer | Escalate) -> Refusal | None:
    match ask:
        case Resolve(resolution=resolution):
            assignments.resolve(turn, item, resolution)
            return None
        case Requeue():
            assignments.requeue(turn, give_back(turn, item, "requeued"), "requeued")
            return None
        case Escalate(reason=reason):
            escalation.by_cause(turn, item, f"agent.{reason}")
            return None
        case Transfer():
            return transfer(turn, item, ask)


def _hold(turn: Turn, item: WorkItem, ask: WorkAsk) -> Refusal | None:
    """What only the holder of an assignment does; `item` is assigned."""
    match ask:
        case Reply():
            return speaking.reply(turn, item, ask)
        case Note():
            speaking.note(turn, item, ask)
        case Promise():
            return speaking.promise(turn, item, ask)
        case KeepPromise():
            return speaking.keep_promise(turn, item, ask)
        case ReportThreat():
            speaking.report_threat(turn, item, ask)
        case Pend() | Resume():
            return _pend(turn, item, ask)
        case _:
            return Refusal("not-possible", truth(item))
    return None


def _pend(turn: Turn, item: WorkItem, ask: Pend | Resume) -> Refusal | None:
    held = item.step
    if not isinstance(held, Assigned):
        return Refusal("not-assigned", truth(item))
    if isinstance(ask, Pend):
        if held.pended is not None:
            return already_done(truth(item))
        assignments.pend(turn, item, held, Pended(ask.waiting_for, ask.until))
        return None
    if held.pended is None:
        return already_done(truth(item))
    if not assignments.can_resume(turn, item, held):
        return Refusal("no-room", f"{held.agent_id} has no room for it now; {truth(item)}")
    assignments.resume(turn, item, held)
    return None


def _set_priority(turn: Turn, item: WorkItem, ask: SetPriority) -> Refusal | None:
    if ask.priority == item.priority:
        return already_done(f"its priority is {item.priority} already")
    escalation.set_priority(turn, item, ask.priority)
    return None


def _open(turn: Turn, command: WorkCommand, ask: Open | Reopen) -> Refusal | None:
    item = turn.desk.open_item(command.conversation_id)
    if item is not None:
        return Refusal("already-open", truth(item))
    past = turn.desk.past.get(command.conversation_id)
    match ask:
        case Open(queue=queue):
            if queue is not None and queue not in turn.policy.queues:
                return Refusal("unknown-queue", f"no queue {queue} on this desk")
            contacts.open_by_command(turn, command.conversation_id, ask)
        case Reopen():
            if past is None:
                return Refusal("unknown-item", f"nothing is known of conversation {command.conversation_id}")
            contacts.reopen(turn, past)
        case _:
            assert_never(ask)
    return None


def _finish_wrap_up(turn: Turn, command: WorkCommand, ask: FinishWrapUp) -> Refusal | None:
    for item in _wrapping_up(turn, command):
        step = item.step
        if isinstance(step, WrappingUp) and step.assignment_id == ask.assignment_id:
            if not _holds(turn, step.agent_id):
                return Refusal("not-yours", truth(item))
            assignments.finish_wrap_up(turn, item, step)
            return None
    return Refusal("no-wrap-up", f"assignment {ask.assignment_id} isn't wrapping up")


def _wrapping_up(turn: Turn, command: WorkCommand) -> list[WorkItem]:
    agent = turn.desk.agents.get(AgentId(command.actor.id))
    held = [] if agent is None else [turn.desk.items[hold.item_id] for hold in agent.holds]
    past = turn.desk.past.get(command.conversation_id)
    return [*held, *([] if past is None else [past])]


def _nothing_open(turn: Turn, command: WorkCommand) -> Refusal:
    past = turn.desk.past.get(command.conversation_id)
    if past is None:
        return Refusal("unknown-item", f"nothing is known of conversation {command.conversation_id}")
    if isinstance(command.ask, Resolve):
        return already_done(truth(past))
    return Refusal("not-open", truth(past))


def _assigned(turn: Turn, item: WorkItem) -> Refusal | None:
    del turn
    return None if isinstance(item.step, Assigned) else Refusal("not-assigned", truth(item))


def _theirs(turn: Turn, item: WorkItem) -> Refusal | None:
    """Agents touch only what is assigned to them; supervisors and systems anything."""
    if not turn.actor.speaks_for_itself:
        return None
    if isinstance(item.step, Waiting):
        return Refusal("not-assigned", truth(item))
    return (
        None if item.holder == turn.actor.id and isinstance(item.step, Assigned) else Refusal("not-yours", truth(item))
    )


def _holds(turn: Turn, agent_id: AgentId) -> bool:
    return not turn.actor.speaks_for_itself or turn.actor.id == agent_id


def _is_believed(turn: Turn, command: WorkCommand) -> bool:
    return command.source is None or command.source in turn.policy.acting_sources
