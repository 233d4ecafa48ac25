"""Does the quick matching offer the same work to the same agents as the slow and obvious one?"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bellhop_router.domain import offers
from bellhop_router.domain.agents import Agent, Presence
from bellhop_router.domain.desk import Desk, rebuilt
from bellhop_router.domain.events import Offered
from bellhop_router.domain.matching import pick, settle
from bellhop_router.domain.names import AgentId, Channel, Need, WorkItemId
from bellhop_router.domain.policy import QueuePolicy
from bellhop_router.domain.queues import overtakes_within, rank
from bellhop_router.domain.turn import Turn
from bellhop_router.domain.work import Origin, WorkItem
from support.routing import BILLING, CHAT, EMAIL, EXPERTS, FRONT, NOON, PHONE, POLICY, conversation_id, profile
from support.routing_oracle import next_offer

MINUTES = st.integers(0, 90).map(lambda minutes: NOON - timedelta(minutes=minutes))


@st.composite
def agents(draw: st.DrawFn, number: int) -> Agent:
    person = replace(
        profile("ben" if draw(st.booleans()) else "ana", tier=draw(st.sampled_from([1, 1, 2]))),
        id=AgentId(f"agent-{number}"),
        capacity=draw(st.sampled_from([20, 40, 100])),
        channels=tuple(draw(st.sets(st.sampled_from([EMAIL, CHAT, PHONE]), min_size=1))),
    )
    presence = draw(st.sampled_from([Presence.AVAILABLE, Presence.AVAILABLE, Presence.AWAY]))
    return Agent(person, presence, since=draw(MINUTES))


@st.composite
def items(draw: st.DrawFn, number: int) -> WorkItem:
    channel: Channel = draw(st.sampled_from([EMAIL, CHAT, PHONE]))
    refused = draw(st.sets(st.integers(0, 3), max_size=2))
    return WorkItem(
        id=WorkItemId(conversation_id(number)),
        conversation_id=conversation_id(number),
        cycle=1,
        origin=Origin("contact", f"R-{number}", channel, None),
        queue=draw(st.sampled_from([FRONT, BILLING, EXPERTS])),
        tier=draw(st.sampled_from([1, 1, 2])),
        priority=draw(st.sampled_from([0, 50, 100])),
        rule="default",
        queued_at=draw(MINUTES),
        weight=0,
        required=(Need("refunds", 2),) if draw(st.booleans()) else (),
        optional=(Need("bg"),) if draw(st.booleans()) else (),
        declined={AgentId(f"agent-{each}"): NOON + timedelta(minutes=each - 1) for each in refused},
    )


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    people = [draw(agents(number)) for number in range(draw(st.integers(0, 5)))]
    work = [draw(items(number)) for number in range(draw(st.integers(0, 10)))]
    return rebuilt(Desk("main", POLICY), POLICY, work, people)


@given(desks())
@settings(max_examples=400, deadline=None)
def test_offers_are_those_of_the_slow_oracle(desk: Desk) -> None:
    expected, slow = [], desk
    while (found := next_offer(slow, NOON)) is not None:
        expected.append(found)
        slow = _alone(slow, found)
    turn = Turn(desk, POLICY, NOON, restless=set(desk.items), hungry=set(desk.agents))
    settle(turn)
    offered = [event for event in turn.events if isinstance(event, Offered)]
    assert [(event.about.work_item_id, event.agent_id) for event in offered] == expected


@given(desks(), st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_what_one_agent_frees_is_offered_as_if_everything_were_looked_at(desk: Desk, number: int) -> None:
    turn = Turn(desk, POLICY, NOON, restless=set(desk.items), hungry=set(desk.agents))
    settle(turn)
    freed = turn.desk.agents.get(AgentId(f"agent-{number}"))
    if freed is None:
        return
    turn.events.clear()
    turn.put_agent(replace(freed, profile=replace(freed.profile, capacity=300)))
    turn.hungry.add(freed.id)
    expected, slow = [], turn.desk
    while (found := next_offer(slow, NOON)) is not None:
        expected.append(found)
        slow = _alone(slow, found)
    settle(turn)
    offered = [event for event in turn.events if isinstance(event, Offered)]
    assert [(event.about.work_item_id, event.agent_id) for event in offered] == expected


@given(st.integers(0, 100), st.floats(0.1, 20), st.integers(1, 100_000))
def test_any_item_overtakes_any_priority_within_the_stated_time(low: int, ageing: float, seconds: int) -> None:
    queue = QueuePolicy(FRONT, ageing=ageing)
    old = _item(low)
    bound = overtakes_within(queue, 100 - low) + timedelta(seconds=seconds)
    newer = replace(_item(100), queued_at=old.queued_at + bound)
    assert rank(old, queue) < rank(newer, queue)


def _item(priority: int) -> WorkItem:
    origin = Origin("contact", "R-1", EMAIL, None)
    first = conversation_id(1)
    return WorkItem(WorkItemId(first), first, 1, origin, FRONT, 1, priority, "default", NOON, 10)


def _alone(desk: Desk, pair: tuple[WorkItemId, AgentId]) -> Desk:
    """The desk after just this offer, made by hand."""
    item_id, agent_id = pair
    record = pick(desk, POLICY, desk.items[item_id], NOON)
    assert record.winner is not None
    turn = Turn(desk, POLICY, NOON)
    offers.hand_over(turn, desk.items[item_id], replace(record, winner=replace(record.winner, agent_id=agent_id)))
    return turn.desk
