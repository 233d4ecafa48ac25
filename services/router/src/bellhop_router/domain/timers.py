"""What does a due timer do? Only what still holds: whatever happened meanwhile wins."""

from dataclasses import replace
from uuid import UUID

from bellhop_common.decision import TimerDue
from bellhop_router.domain import assignments, boards, escalation, offers, presence
from bellhop_router.domain.names import AgentId, ConversationId, QueueName
from bellhop_router.domain.turn import Turn
from bellhop_router.domain.work import Assigned, Offered, Waiting, WorkItem, WrappingUp

PEND_OVER = "pend-over"
STALLED = "stalled"


def fire(turn: Turn, due: TimerDue) -> None:
    match due.subject.kind:
        case "conversation":
            item = turn.desk.open_item(ConversationId(UUID(due.subject.id)))
            if item is not None:
                _item_due(turn, item, due)
        case "agent":
            _agent_due(turn, AgentId(due.subject.id), due.kind)
        case "assignment":
            _wrap_up_due(turn, due.subject.id)
        case "queue":
            boards.say_queue(turn, QueueName(due.subject.id.partition("/")[2]))
        case _:
            pass


def _item_due(turn: Turn, item: WorkItem, due: TimerDue) -> None:
    match due.kind, item.step:
        case "offer", Offered() as offer:
            _lapse(turn, item, offer, due)
        case "pend", Assigned(pended=pended) as held if pended is not None:
            assignments.resume_or_requeue(turn, item, held, PEND_OVER)
        case "memory", Waiting():
            _forget_refusals(turn, item)
        case "not-before", Waiting():
            turn.put(replace(item, step=Waiting()))
        case _:
            pass


def _lapse(turn: Turn, item: WorkItem, offer: Offered, due: TimerDue) -> None:
    """A miss only if the agent could have answered: our own lag is nobody's fault but ours."""
    if due.stalled:
        offers.rescind(turn, item, offer, STALLED)
        return
    waiting = offers.expire(turn, item, offer)
    presence.miss(turn, offer.agent_id)
    escalation.after_refusals(turn, turn.desk.items[waiting.id])


def _forget_refusals(turn: Turn, item: WorkItem) -> None:
    declined = {agent: until for agent, until in item.declined.items() if until > turn.now}
    turn.put(replace(item, declined=declined))


def _agent_due(turn: Turn, agent_id: AgentId, kind: str) -> None:
    agent = turn.desk.agents.get(agent_id)
    if agent is None:
        return
    if kind == "lease":
        presence.lose_lease(turn, agent)
    elif kind == "grace":
        presence.end_grace(turn, agent)


def _wrap_up_due(turn: Turn, subject: str) -> None:
    name, _, cycle = subject.partition("/")
    wanted = assignments.item_id(ConversationId(UUID(name)), int(cycle))
    item = turn.desk.items.get(wanted)
    if item is not None and isinstance(item.step, WrappingUp):
        assignments.finish_wrap_up(turn, item, item.step)
