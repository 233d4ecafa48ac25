"""Who is offered what? The best-scored item that anybody can take, to its queue's first choice, until none is left."""

import heapq
from collections import Counter
from datetime import datetime
from uuid import UUID

from bellhop_router.domain import offers, queues
from bellhop_router.domain.agents import Agent, Presence
from bellhop_router.domain.desk import Desk, entry_of
from bellhop_router.domain.eligibility import Ineligible, remembers, why_never, why_not
from bellhop_router.domain.names import AgentId, WorkItemId
from bellhop_router.domain.policy import DeskPolicy
from bellhop_router.domain.queues import Entry
from bellhop_router.domain.strategies import score_of
from bellhop_router.domain.turn import Turn, conversation
from bellhop_router.domain.work import Candidate, DecisionRecord, Waiting, WorkItem

Claimant = tuple[float, str, str]
"""Negative score, the item's id (which breaks ties), and the agent it was found for ("": it came by itself)."""


def settle(turn: Turn) -> None:
    """Offers until no waiting item is left that an agent with room could take.

    Only items and agents that this turn touched can have become a match; everything else was settled before.
    """
    heap = [found for found in (*_restless(turn), *_hungry(turn)) if found is not None]
    heapq.heapify(heap)
    alone: set[WorkItemId] = set()
    while heap:
        _, name, agent_id = heapq.heappop(heap)
        item = _named(turn, name)
        record = None if item is None or item.id in alone else pick(turn.desk, turn.policy, item, turn.now)
        if item is not None and record is not None and record.winner is not None:
            offers.hand_over(turn, item, record)
        elif item is not None and record is not None:
            alone.add(item.id)
            _keep_waiting(turn, item, record)
        found = _next_for(turn, AgentId(agent_id))
        if found is not None:
            heapq.heappush(heap, found)
    turn.hungry.clear()
    turn.restless.clear()


def pick(desk: Desk, policy: DeskPolicy, item: WorkItem, now: datetime) -> DecisionRecord:
    """Among agents with room: the preferred one, else whoever fits best in the strategy's order."""
    queue = policy.queue(item.queue)
    excluded: Counter[str] = Counter(_not_ready(desk, item))
    fitting: list[tuple[int, Agent]] = []
    considered = 0
    for *_, agent_id in desk.ready.get((queue.strategy, item.channel), ()):
        agent = desk.agents[agent_id]
        considered += 1
        reason = why_not(policy, agent, item, now)
        if reason is not None:
            excluded[reason] += 1
            continue
        fitting.append((_misfit(item, agent, now), agent))
        if sum(1 for misfit, _ in fitting if misfit == 0) > 1 and not _preference(item, now):
            break
    fitting.sort(key=lambda pair: pair[0])
    ranked = [Candidate(agent.id, score_of(queue.strategy, agent, item.channel, now)) for _, agent in fitting]
    return DecisionRecord(
        at=now,
        version=policy.version,
        rule=item.rule,
        queue=item.queue,
        tier=item.tier,
        strategy=queue.strategy,
        considered=considered,
        excluded={reason: count for reason, count in sorted(excluded.items()) if count},
        winner=ranked[0] if ranked else None,
        runner_up=ranked[1] if len(ranked) > 1 else None,
    )


def best_for(desk: Desk, policy: DeskPolicy, agent: Agent, now: datetime) -> tuple[float, str] | None:
    """The negative score and id of the first waiting item that this agent can take."""
    best: tuple[float, str] | None = None
    for lane, entries in desk.lanes.items():
        if why_never(policy, agent, lane) is not None or not agent.has_room(policy, lane.channel):
            continue
        entry = next((each for each in entries if not remembers(agent, _item(desk, each), now)), None)
        if entry is None:
            continue
        scored = (-queues.score(entry[0], policy.queue(lane.queue), now), entry[1])
        best = scored if best is None else min(best, scored)
    return best


def _restless(turn: Turn) -> list[Claimant | None]:
    items = (turn.desk.items.get(item_id) for item_id in turn.restless)
    return [_claim(turn, each) for each in items if each is not None and _is_free(each)]


def _hungry(turn: Turn) -> list[Claimant | None]:
    return [_next_for(turn, agent_id) for agent_id in turn.hungry]


def _next_for(turn: Turn, agent_id: AgentId) -> Claimant | None:
    agent = turn.desk.agents.get(agent_id)
    if agent is None or agent.presence is not Presence.AVAILABLE:
        return None
    found = best_for(turn.desk, turn.policy, agent, turn.now)
    return None if found is None else (*found, agent_id)


def _claim(turn: Turn, item: WorkItem) -> Claimant:
    ranked, name = entry_of(turn.policy, item)
    return (-queues.score(ranked, turn.policy.queue(item.queue), turn.now), name, "")


def _named(turn: Turn, name: str) -> WorkItem | None:
    """The item, if it still waits."""
    found = turn.desk.items.get(_id(name))
    return found if found is not None and _is_free(found) else None


def _is_free(item: WorkItem) -> bool:
    return isinstance(item.step, Waiting) and item.step.not_before is None


def _item(desk: Desk, entry: Entry) -> WorkItem:
    return desk.items[_id(entry[1])]


def _keep_waiting(turn: Turn, item: WorkItem, record: DecisionRecord) -> None:
    """Says once why nobody takes it, and wakes up when the first agent may be asked again."""
    last = item.decisions[-1] if item.decisions else None
    if last is None or (last.winner, last.excluded, last.tier) != (None, record.excluded, record.tier):
        turn.desk = offers.noting(turn, item, record)
    until = min((at for at in item.declined.values() if at > turn.now), default=None)
    if until is not None:
        turn.wake("memory", conversation(item), until)


def _misfit(item: WorkItem, agent: Agent, now: datetime) -> int:
    """The preferred agent goes first; then those with every optional skill and no part in it so far."""
    if _preference(item, now) and item.prefer == agent.id:
        return -1
    return sum(1 for need in item.optional if not agent.profile.has(need)) + (agent.id in item.involved)


def _preference(item: WorkItem, now: datetime) -> bool:
    return item.prefer is not None and (item.prefer_until is None or item.prefer_until > now)


def _not_ready(desk: Desk, item: WorkItem) -> dict[str, int]:
    """From kept counters, so that counting a large roster costs nothing."""
    available = desk.presences.get(Presence.AVAILABLE, 0)
    handling = desk.handling.get(item.channel, 0)
    order = next((turns for (_, channel), turns in desk.ready.items() if channel == item.channel), ())
    return {
        Ineligible.OFFLINE: desk.presences.get(Presence.OFFLINE, 0),
        Ineligible.AWAY: desk.presences.get(Presence.AWAY, 0),
        Ineligible.WRONG_CHANNEL: available - handling,
        Ineligible.AT_CAPACITY: handling - len(order),
    }


def _id(name: str) -> WorkItemId:
    return WorkItemId(UUID(name))
