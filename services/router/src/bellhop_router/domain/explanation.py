"""Why this agent, or why still waiting? The kept decisions, and for a waiting item who can't take it and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bellhop_router.domain.desk import Desk, entry_of
from bellhop_router.domain.eligibility import Ineligible, why_not
from bellhop_router.domain.names import AgentId
from bellhop_router.domain.policy import DeskPolicy
from bellhop_router.domain.queues import score
from bellhop_router.domain.refusals import truth
from bellhop_router.domain.work import DecisionRecord, Waiting, WorkItem

WORDS = {
    Ineligible.OFFLINE: "offline",
    Ineligible.AWAY: "away",
    Ineligible.WRONG_CHANNEL: "not on this channel",
    Ineligible.WRONG_TIER: "in another tier",
    Ineligible.WRONG_TEAM: "in another team",
    Ineligible.LACKS_SKILL: "without a required skill",
    Ineligible.AT_CAPACITY: "at capacity",
    Ineligible.DECLINED: "asked recently without success",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` None: could take it now."""

    agent_id: AgentId
    reason: Ineligible | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`position` counts from 1 over the whole queue; `score` is what its turn is judged by now."""

    words: str
    item: WorkItem
    waited_seconds: float
    score: float | None = None
    position: int | None = None
    verdicts: tuple[Verdict, ...] = ()
    decisions: tuple[DecisionRecord, ...] = field(default_factory=tuple)


def explain(desk: Desk, item: WorkItem, now: datetime) -> Explanation:
    policy = desk.policy
    waited = _waited(item, now)
    if policy is None or not isinstance(item.step, Waiting):
        return Explanation(_decided(item), item, waited, decisions=item.decisions)
    agents = sorted(desk.agents.values(), key=lambda agent: agent.id)
    verdicts = tuple(Verdict(agent.id, why_not(policy, agent, item, now)) for agent in agents)
    place = position(desk, policy, item)
    return Explanation(
        words=_waiting(item, verdicts, place, now),
        item=item,
        waited_seconds=waited,
        score=round(score(entry_of(policy, item)[0], policy.queue(item.queue), now), 3),
        position=place,
        verdicts=verdicts,
        decisions=item.decisions,
    )


def position(desk: Desk, policy: DeskPolicy, item: WorkItem) -> int:
    """Its turn among all that wait in its queue, whoever can take them."""
    own = entry_of(policy, item)
    lanes = (entries for lane, entries in desk.lanes.items() if lane.queue == item.queue)
    return 1 + sum(entries.before(own) for entries in lanes)


def _waited(item: WorkItem, now: datetime) -> float:
    """Until it was last handed over, or until now."""
    if isinstance(item.step, Waiting) or not item.decisions:
        return item.waited_seconds(now)
    return item.waited_seconds(item.decisions[-1].at)


def _decided(item: WorkItem) -> str:
    record = next((each for each in reversed(item.decisions) if each.winner is not None), None)
    if record is None or record.winner is None:
        return f"{truth(item)}."
    chosen = f"{record.winner.agent_id} was chosen by {record.strategy} out of {record.considered} considered"
    second = "" if record.runner_up is None else f", ahead of {record.runner_up.agent_id}"
    return f"{truth(item)}. Rule {item.rule} (version {record.version}): {chosen}{second}."


def _waiting(item: WorkItem, verdicts: Iterable[Verdict], place: int, now: datetime) -> str:
    if isinstance(item.step, Waiting) and item.step.not_before is not None:
        return f"{truth(item)}. It isn't offered before {item.step.not_before.isoformat()}."
    counts = Counter(verdict.reason for verdict in verdicts if verdict.reason is not None)
    listed = ", ".join(f"{count} {WORDS[reason]}" for reason, count in sorted(counts.items()))
    why = f"No agent can take it now: {listed}" if listed else "The desk has no agents"
    minutes = item.waited_seconds(now) / 60
    return f"{truth(item)}, number {place} in line, for {minutes:.1f} minutes. Rule {item.rule}. {why}."
