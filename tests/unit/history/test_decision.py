"""Does the decision rule look up what was known of the chosen agent, and how old the item really is?"""

import pytest

from bellhop_common.events.topics import AGENT
from bellhop_common.history.rules import decision
from bellhop_common.history.verdicts import Status, Verdict
from support.conversations import Conversation, agent
from support.histories import Chronicle, judged, violations


def verdict_on(history: Chronicle, part: str = "fit") -> Verdict:
    return judged(history, decision.RULE)[part]


@pytest.fixture
def ring() -> Conversation:
    history = Chronicle()
    agent(history, "ana")
    return Conversation(history, "ring")


def test_a_fit_agent_chosen_at_the_right_age_is_legal(ring: Conversation) -> None:
    ring.queued(required=("billing:3", "de"))
    ring.taken("ana")
    ring.ended()
    ring.work("requeued", {"cause": "agent-lost"})
    ring.offered("ana")
    assert verdict_on(ring.history).cases == 2
    assert verdict_on(ring.history).status is Status.OK
    assert verdict_on(ring.history, "age").status is Status.OK


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"presence": "away"}, "is away"),
        ({"channels": ["chat"]}, "does not handle email"),
        ({"tier": 0}, "is in tier 0, below 1"),
        ({"skills": {"billing": 2}}, "lacks billing:3"),
    ],
)
def test_an_agent_who_does_not_fit_is_a_violation(ring: Conversation, known: dict[str, object], reason: str) -> None:
    agent(ring.history, "ana", **known)
    ring.queued(required=("billing:3",))
    ring.offered("ana")
    assert violations(verdict_on(ring.history)) == [f"ana was chosen, but {reason}"]


def test_an_agent_of_whom_nothing_was_known_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.offered("ben")
    assert violations(verdict_on(ring.history)) == ["ben was chosen, of whom nothing was known"]


def test_what_became_of_the_agent_afterwards_changes_nothing(ring: Conversation) -> None:
    ring.queued()
    ring.offered("ana")
    agent(ring.history, "ana", presence="offline")
    assert verdict_on(ring.history).status is Status.OK


def test_a_state_between_two_decisions_of_one_transaction_may_be_either(ring: Conversation) -> None:
    ring.queued()
    offer = ring.offered("ana")
    agent(ring.history, "ana", presence="away", desk_seq=ring.history.desk_seq, ordinal=2)
    assert offer.raw.topic == "work.v1"
    assert verdict_on(ring.history).status is Status.OK


def test_a_late_repeat_of_an_old_state_changes_nothing(ring: Conversation) -> None:
    away = agent(ring.history, "ana", presence="away")
    agent(ring.history, "ana")
    ring.queued()
    ring.offered("ana")
    ring.history.again(away)
    assert verdict_on(ring.history).status is Status.OK


def test_a_person_may_choose_whom_they_like(ring: Conversation) -> None:
    ring.queued(required=("rockets",))
    ring.claimed("ana")
    verdict = verdict_on(ring.history)
    assert (verdict.status, verdict.cases) == (Status.OK, 0)


def test_a_state_that_was_compacted_away_is_not_checked(ring: Conversation) -> None:
    history = ring.history
    ben = agent(history, "ben")
    agent(history, "ben", presence="away")
    ring.queued()
    ring.offered("ben")
    after = agent(history, "ben")
    history.cut(AGENT, ben.raw.partition, after.raw.offset)
    verdict = verdict_on(history)
    assert (verdict.status, verdict.why) == (
        Status.NOT_CHECKED,
        "1 decisions whose agent's state was compacted away",
    )


def test_without_the_agents_topic_their_fit_is_not_checked_and_the_age_is(ring: Conversation) -> None:
    ring.history.without = frozenset({"agent.v1"})
    ring.queued()
    ring.offered("ana")
    assert verdict_on(ring.history).status is Status.NOT_CHECKED
    assert verdict_on(ring.history, "age").cases == 1


@pytest.mark.parametrize("step", ["requeued", "transferred", "escalated"])
def test_a_queued_at_that_moves_is_a_violation(ring: Conversation, step: str) -> None:
    ring.queued()
    ring.work(step)
    ring.offered("ana", queued_at="2026-03-02T09:00:09Z")
    assert violations(verdict_on(ring.history, "age")) == [
        "queued_at moved from 2026-03-02 09:00:02+00:00 to 2026-03-02 09:00:09+00:00"
    ]


def test_a_wrong_wait_is_a_violation(ring: Conversation) -> None:
    ring.queued()
    ring.history.tick(30)
    ring.offered("ana", waited_seconds=2.0)
    assert violations(verdict_on(ring.history, "age")) == ["waited_seconds is 2, it waited 31"]


def test_the_wait_of_who_left_is_checked_too(ring: Conversation) -> None:
    ring.queued()
    ring.work("abandoned", {"waited_seconds": 40.0})
    assert violations(verdict_on(ring.history, "age")) == ["waited_seconds is 40, it waited 1"]
