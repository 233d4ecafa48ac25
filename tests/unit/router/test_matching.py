"""Who is chosen, and who waits?"""

from dataclasses import replace

from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import Assigned, Offered
from bellhop_router.domain.names import AgentId, Need
from bellhop_router.domain.policy import Mode, QueuePolicy, Strategy, Target
from bellhop_router.domain.queues import overtakes_within
from support.routing import ANA, BEN, CHAT, EMAIL, FRONT, PHONE, POLICY, ROSTER, Play, contact, names, one, profile


def test_equal_fit_goes_to_the_agent_idle_longest() -> None:
    play = Play.opened(present="ben")
    play.wait(5)
    play.be(ANA, Presence.AVAILABLE)
    play.feed(contact(1))
    assert play.offered_to(1) == "ben"


def test_ties_end_at_the_lowest_agent_id() -> None:
    play = Play.opened(present="ben ana")
    play.feed(contact(1))
    assert play.offered_to(1) == "ana"


def test_who_just_got_work_is_no_longer_idle_longest() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1))
    play.feed(contact(2))
    assert (play.offered_to(1), play.offered_to(2)) == ("ana", "ben")


def test_least_occupied_looks_at_the_share_of_capacity_that_is_taken() -> None:
    policy = replace(POLICY, queues={"front": QueuePolicy(FRONT, strategy=Strategy.LEAST_OCCUPIED)})
    roster = (replace(profile("ana"), capacity=40), profile("ben"))
    play = Play.opened(policy, roster, present="ana ben")
    for number in range(3):
        play.feed(contact(number))
    assert [play.offered_to(number) for number in range(3)] == ["ana", "ben", "ben"]


def test_a_required_skill_is_never_dropped() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, flags=["refund"]))
    assert play.offered_to(1) is None
    play.be(BEN, Presence.AVAILABLE)
    assert play.offered_to(1) == "ben"


def test_the_detected_language_is_preferred_not_demanded() -> None:
    bulgarian = replace(profile("boyan"), languages={"bg": 5})
    play = Play.opened(roster=(*ROSTER, bulgarian), present="ana boyan")
    first = contact(1)
    play.feed(replace(first, facts=replace(first.facts, language="bg-BG")))
    assert play.offered_to(1) == "boyan"
    play.be(AgentId("boyan"), Presence.OFFLINE)
    assert play.offered_to(1) == "ana"


def test_a_rule_may_require_the_language() -> None:
    policy = replace(POLICY, default=(Target(FRONT, require=(Need("bg"),)),))
    play = Play.opened(policy, present="ana")
    play.feed(contact(1))
    assert play.offered_to(1) is None


def test_the_channel_cap_holds_where_capacity_would_allow_more() -> None:
    play = Play.opened(present="ana")
    for number in range(3):
        play.feed(contact(number, CHAT))
    assert [play.offered_to(number) for number in range(3)] == ["ana", "ana", None]


def test_freed_capacity_pulls_the_best_item_at_that_moment() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, PHONE))
    play.feed(contact(2, EMAIL))
    play.wait(5)
    play.feed(contact(3, EMAIL, vip=True))
    play.accept(1)
    play.resolve(1)
    play.wait(30)
    play.be(ANA, Presence.AVAILABLE)
    said = play.wait(30)
    assert [event.about.conversation_id for event in said if isinstance(event, Offered)] == [
        contact(3).conversation_id,
        contact(2).conversation_id,
    ]


def test_an_old_item_overtakes_any_priority_within_the_stated_time() -> None:
    queue = QueuePolicy(FRONT, ageing=2.0)
    assert overtakes_within(queue, 100).total_seconds() == 50 * 60


def test_mode_assign_hands_over_without_asking() -> None:
    email = replace(POLICY.channels["email"], mode=Mode.ASSIGN)
    play = Play.opened(replace(POLICY, channels={**POLICY.channels, "email": email}), present="ana")
    said = play.feed(contact(1))
    assert names(said) == ["Queued", "Assigned"]
    assigned = one(said, Assigned)
    assert (assigned.placed.manual, assigned.offer_id) == (False, None)
    assert assigned.agent is not None
    assert assigned.agent.used_after == 10


def test_the_decision_counts_who_was_not_eligible_and_why() -> None:
    play = Play.opened(present="ana chen")
    said = play.feed(contact(1))
    decision = one(said, Offered).placed.decision
    assert decision is not None
    assert (decision.rule, decision.strategy, decision.considered) == ("default", "longest_idle", 2)
    assert decision.excluded == {"offline": 1, "wrong-tier": 1}
