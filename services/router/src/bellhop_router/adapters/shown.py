"""What do people and programs see of items, queues and agents over HTTP?"""

from uuid import UUID

from pydantic import BaseModel

from bellhop_common.events.wire import Channel, Instant
from bellhop_router.adapters.events_wire import agent_state
from bellhop_router.domain.agents import Agent
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import AgentChanged
from bellhop_router.domain.explanation import Explanation
from bellhop_router.domain.names import QueueName
from bellhop_router.domain.queues import EMPTY, EPOCH, MICROSECOND
from bellhop_router.domain.work import Assigned, DecisionRecord, Offered, WorkItem


class Applied(BaseModel):
    desk: str
    version: int


class ItemShown(BaseModel):
    """`step` is one of waiting, offered, assigned, wrapping-up, ended."""

    work_item_id: UUID
    conversation_id: UUID
    cycle: int
    reference: str
    kind: str
    channel: Channel
    queue: str
    tier: int
    priority: int
    queued_at: Instant
    step: str
    agent_id: str | None = None
    offer_id: UUID | None = None
    offer_expires_at: Instant | None = None
    assignment_id: UUID | None = None
    pended: bool = False


class CandidateShown(BaseModel):
    agent_id: str
    score: float


class DecisionShown(BaseModel):
    at: Instant
    desk_version: int
    rule: str
    queue: str
    tier: int
    strategy: str
    relaxation_step: int = 0
    considered: int
    excluded: dict[str, int]
    winner: CandidateShown | None = None
    runner_up: CandidateShown | None = None


class VerdictShown(BaseModel):
    """`reason` None: could take it now."""

    agent_id: str
    reason: str | None


class ExplanationShown(BaseModel):
    words: str
    item: ItemShown
    rule: str
    required: list[str]
    optional: list[str]
    waited_seconds: float
    score: float | None
    position: int | None
    candidates: list[VerdictShown]
    decisions: list[DecisionShown]


class QueueShown(BaseModel):
    queue: str
    waiting: int
    oldest_at: Instant | None
    expected_wait: float | None


class Queues(BaseModel):
    desk: str
    queues: list[QueueShown]


class Agents(BaseModel):
    desk: str
    agents: list[dict[str, object]]


def item_shown(item: WorkItem) -> ItemShown:
    offer = item.step if isinstance(item.step, Offered) else None
    held = item.step if isinstance(item.step, Assigned) else None
    return ItemShown(
        work_item_id=item.id,
        conversation_id=item.conversation_id,
        cycle=item.cycle,
        reference=item.origin.reference,
        kind=item.origin.kind,
        channel=Channel(item.channel),
        queue=item.queue,
        tier=item.tier,
        priority=item.priority,
        queued_at=item.queued_at,
        step=item.step.step,
        agent_id=item.holder,
        offer_id=None if offer is None else offer.offer_id,
        offer_expires_at=None if offer is None else offer.expires_at,
        assignment_id=None if held is None else held.assignment_id,
        pended=held is not None and held.pended is not None,
    )


def explanation_shown(told: Explanation) -> ExplanationShown:
    item = told.item
    return ExplanationShown(
        words=told.words,
        item=item_shown(item),
        rule=item.rule,
        required=[str(need) for need in item.required],
        optional=[str(need) for need in item.optional],
        waited_seconds=told.waited_seconds,
        score=told.score,
        position=told.position,
        candidates=[VerdictShown(agent_id=each.agent_id, reason=each.reason) for each in told.verdicts],
        decisions=[_decision(record) for record in told.decisions],
    )


def queues_shown(desk: Desk) -> Queues:
    names = [] if desk.policy is None else sorted(desk.policy.queues)
    return Queues(desk=desk.id, queues=[_queue(desk, QueueName(name)) for name in names])


def agents_shown(desk: Desk) -> Agents:
    return Agents(desk=desk.id, agents=[agent_shown(desk, desk.agents[name]) for name in sorted(desk.agents)])


def agent_shown(desk: Desk, agent: Agent) -> dict[str, object]:
    version = 0 if desk.policy is None else desk.policy.version
    state = agent_state(AgentChanged(desk.id, version, agent, agent.since or EPOCH))
    return state.model_dump(mode="json")


def _queue(desk: Desk, name: QueueName) -> QueueShown:
    ages, board = desk.ages.get(name, EMPTY), desk.boards.get(name)
    oldest_at = None if ages.first is None else EPOCH + ages.first[0] * MICROSECOND
    expected = None if board is None else board.mean_wait
    return QueueShown(queue=name, waiting=len(ages), oldest_at=oldest_at, expected_wait=expected)


def _decision(record: DecisionRecord) -> DecisionShown:
    return DecisionShown(
        at=record.at,
        desk_version=record.version,
        rule=record.rule,
        queue=record.queue,
        tier=record.tier,
        strategy=record.strategy,
        considered=record.considered,
        excluded=dict(record.excluded),
        winner=None if record.winner is None else CandidateShown.model_validate(record.winner, from_attributes=True),
        runner_up=None
        if record.runner_up is None
        else CandidateShown.model_validate(record.runner_up, from_attributes=True),
    )
