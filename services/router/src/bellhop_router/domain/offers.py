"""What becomes of an offer? Pending, then exactly one of accepted, declined, expired, rescinded."""

from dataclasses import replace
from datetime import datetime

from bellhop_common.ids import natural_id
from bellhop_router.domain import desk as desks
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import (
    About,
    Assigned,
    Load,
    OfferAccepted,
    OfferDeclined,
    Offered,
    OfferExpired,
    OfferRescinded,
    Placed,
    RoutingDecision,
)
from bellhop_router.domain.names import Actor, AgentId, AssignmentId, OfferId
from bellhop_router.domain.policy import Mode
from bellhop_router.domain.turn import Turn, conversation
from bellhop_router.domain.work import Assigned as IsAssigned
from bellhop_router.domain.work import DecisionRecord, Waiting, WorkItem
from bellhop_router.domain.work import Offered as IsOffered

KEPT_DECISIONS = 20


def hand_over(turn: Turn, item: WorkItem, record: DecisionRecord) -> None:
    """Offers the item to the decision's winner, or assigns it where the channel doesn't ask."""
    if record.winner is None:
        return
    rules = turn.policy.channel(item.channel)
    item = replace(_noted(item, record), offers=item.offers + 1, weight=rules.weight)
    offer_id = OfferId(natural_id("offer", str(item.id), str(item.offers)))
    if item.declined:
        turn.forget("memory", conversation(item))
    if rules.mode is Mode.ASSIGN:
        _assign(turn, item, record.winner.agent_id, offer_id)
        return
    offer = IsOffered(offer_id, record.winner.agent_id, turn.now, turn.now + rules.offer_timeout)
    item = turn.put(replace(item, step=offer))
    load = turn.take(offer.agent_id, item)
    turn.wake("offer", conversation(item), offer.expires_at)
    turn.say(
        Offered(
            about=turn.about(item),
            offer_id=offer_id,
            agent_id=offer.agent_id,
            agent=load,
            placed=placed(turn, item),
            timeout_seconds=rules.offer_timeout.total_seconds(),
        )
    )


def accept(turn: Turn, item: WorkItem, offer: IsOffered) -> WorkItem:
    about = turn.about(item)
    turn.say(OfferAccepted(about=about, offer_id=offer.offer_id, agent_id=offer.agent_id))
    turn.forget("offer", conversation(item))
    _answered(turn, offer.agent_id)
    assignment = IsAssigned(AssignmentId(offer.offer_id), offer.agent_id, turn.now, offer.offer_id)
    taken = turn.put(replace(item, step=assignment, turned_down=0, involved=with_agent(item, offer.agent_id)))
    turn.say(
        Assigned(
            about=about,
            assignment_id=assignment.assignment_id,
            agent_id=offer.agent_id,
            offer_id=offer.offer_id,
            placed=placed(turn, item),
        )
    )
    return taken


def decline(turn: Turn, item: WorkItem, offer: IsOffered, reason: str) -> WorkItem:
    about, load = _close(turn, item, offer)
    _answered(turn, offer.agent_id)
    turn.say(OfferDeclined(about=about, offer_id=offer.offer_id, agent_id=offer.agent_id, agent=load, reason=reason))
    return turn.put(_turned_down(turn, item, offer.agent_id))


def expire(turn: Turn, item: WorkItem, offer: IsOffered) -> WorkItem:
    about, load = _close(turn, item, offer)
    turn.say(OfferExpired(about=about, offer_id=offer.offer_id, agent_id=offer.agent_id, agent=load))
    return turn.put(_turned_down(turn, item, offer.agent_id))


def rescind(turn: Turn, item: WorkItem, offer: IsOffered, cause: str) -> WorkItem:
    about, load = _close(turn, item, offer)
    turn.say(OfferRescinded(about=about, offer_id=offer.offer_id, agent_id=offer.agent_id, agent=load, cause=cause))
    return turn.put(replace(item, step=Waiting()))


def placed(turn: Turn, item: WorkItem, actor: Actor | None = None) -> Placed:
    """By a person when `actor` is given; otherwise by the item's last decision."""
    record = item.decisions[-1] if item.decisions else None
    decision = (
        None if record is None else RoutingDecision(item.rule, record.strategy, record.considered, record.excluded)
    )
    return Placed(item.weight, item.queued_at, item.waited_seconds(turn.now), decision, manual=actor is not None)


def noting(turn: Turn, item: WorkItem, record: DecisionRecord) -> Desk:
    """The desk with this decision kept at the item; its place in the queue stays."""
    return desks.with_item(turn.desk, turn.policy, _noted(item, record))


def with_agent(item: WorkItem, agent_id: AgentId) -> tuple[AgentId, ...]:
    return item.involved if agent_id in item.involved else (*item.involved, agent_id)


def remembered(turn: Turn, item: WorkItem, agent_id: AgentId) -> dict[AgentId, datetime]:
    """The item's decline memory with this agent in it, without what is over."""
    until = turn.now + turn.policy.queue(item.queue).decline_memory
    return {**{agent: at for agent, at in item.declined.items() if at > turn.now}, agent_id: until}


def _assign(turn: Turn, item: WorkItem, agent_id: AgentId, offer_id: OfferId) -> None:
    step = IsAssigned(AssignmentId(offer_id), agent_id, turn.now)
    taken = turn.put(replace(item, step=step, turned_down=0, involved=with_agent(item, agent_id)))
    load = turn.take(agent_id, taken)
    turn.say(
        Assigned(
            about=turn.about(taken),
            assignment_id=step.assignment_id,
            agent_id=agent_id,
            agent=load,
            placed=placed(turn, taken),
        )
    )


def _close(turn: Turn, item: WorkItem, offer: IsOffered) -> tuple[About, Load | None]:
    turn.forget("offer", conversation(item))
    about = turn.about(item)
    return about, turn.free(offer.agent_id, item)


def _answered(turn: Turn, agent_id: AgentId) -> None:
    agent = turn.desk.agents[agent_id]
    if agent.misses:
        turn.put_agent(replace(agent, misses=0))


def _turned_down(turn: Turn, item: WorkItem, agent_id: AgentId) -> WorkItem:
    declined = remembered(turn, item, agent_id)
    return replace(item, step=Waiting(), turned_down=item.turned_down + 1, declined=declined)


def _noted(item: WorkItem, record: DecisionRecord) -> WorkItem:
    return replace(item, decisions=(*item.decisions, record)[-KEPT_DECISIONS:])
