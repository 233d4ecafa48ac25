"""Where does work go that its holder can't or shouldn't do? To another queue, or preferably to another agent."""

from dataclasses import replace

from bellhop_router.domain import offers
from bellhop_router.domain.assignments import unclaimed
from bellhop_router.domain.eligibility import why_never
from bellhop_router.domain.events import Transferred
from bellhop_router.domain.inputs import Transfer
from bellhop_router.domain.queues import lane_of
from bellhop_router.domain.refusals import Refusal
from bellhop_router.domain.turn import Turn
from bellhop_router.domain.work import WorkItem


def transfer(turn: Turn, item: WorkItem, ask: Transfer) -> Refusal | None:
    """Keeps its age. To an agent: offered to that one first, while the preference lasts."""
    refused = _refused(turn, item, ask)
    if refused is not None:
        return refused
    waiting = give_back(turn, item, "transferred")
    if ask.queue is not None:
        moved = replace(waiting, queue=ask.queue, prefer=None, turned_down=0)
    else:
        declined = {agent: at for agent, at in waiting.declined.items() if agent != ask.agent_id}
        until = turn.now + turn.policy.life.prefer_for
        moved = replace(waiting, prefer=ask.agent_id, prefer_until=until, declined=declined, turned_down=0)
    turn.put(moved)
    turn.say(Transferred(about=turn.about(moved), from_queue=item.queue, reason=ask.reason))
    return None


def give_back(turn: Turn, item: WorkItem, cause: str) -> WorkItem:
    """Ends the live claim, and doesn't ask its holder again for a while."""
    holder = item.holder
    waiting = unclaimed(turn, item, cause)
    return waiting if holder is None else turn.put(replace(waiting, declined=offers.remembered(turn, waiting, holder)))


def _refused(turn: Turn, item: WorkItem, ask: Transfer) -> Refusal | None:
    if (ask.queue is None) == (ask.agent_id is None):
        return Refusal("bad-target", "give a queue or an agent, exactly one of the two")
    if ask.queue is not None:
        return (
            None if ask.queue in turn.policy.queues else Refusal("unknown-queue", f"no queue {ask.queue} on this desk")
        )
    agent = None if ask.agent_id is None else turn.desk.agents.get(ask.agent_id)
    if agent is None:
        return Refusal("unknown-agent", f"no agent {ask.agent_id} on this desk")
    reason = why_never(turn.policy, agent, lane_of(item))
    return None if reason is None else Refusal("not-eligible", f"{ask.agent_id} can't take it: {reason}")
