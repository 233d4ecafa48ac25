"""What moves an item up, and what stops it?"""

from dataclasses import replace

from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import Escalated, Offered, PrioritySet
from bellhop_router.domain.inputs import ClockAction, ClockFired, Escalate
from bellhop_router.domain.names import Actor
from bellhop_router.domain.policy import EscalationStep
from support.routing import ANA, CHEN, NOON, POLICY, Play, contact, names, one


def breach(play: Play, number: int, *actions: ClockAction, tier: int = 1) -> ClockFired:
    item = play.item(number)
    cause = "sla.first_response_time.breached"
    return ClockFired(item.conversation_id, item.id, item.cycle, tier, cause, actions)


def test_a_breach_moves_assigned_work_up_and_offers_it_there() -> None:
    play = Play.opened(present="ana chen")
    play.feed(contact(1))
    play.accept(1)
    said = play.feed(breach(play, 1, ClockAction("move-up")))
    assert names(said) == ["AssignmentEnded", "Escalated", "Offered"]
    escalated = one(said, Escalated)
    assert (escalated.from_tier, escalated.to_tier, escalated.cause) == (1, 2, "sla.first_response_time.breached")
    assert one(said, Offered).agent_id == "chen"
    assert play.item(1).queued_at == NOON


def test_a_live_offer_is_rescinded_before_the_escalation() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    assert names(play.feed(breach(play, 1, ClockAction("move-up")))) == ["OfferRescinded", "Escalated"]


def test_a_clock_of_an_earlier_tier_moves_nothing() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    play.feed(breach(play, 1, ClockAction("move-up")))
    assert play.feed(breach(play, 1, ClockAction("move-up"), tier=1)) == []


def test_the_item_waits_in_its_rules_target_of_that_tier_and_needs_what_it_needed() -> None:
    play = Play.opened()
    play.feed(contact(1, flags=["refund"]))
    play.feed(breach(play, 1, ClockAction("move-up")))
    item = play.item(1)
    assert (item.queue, item.tier, [str(need) for need in item.required]) == ("experts", 2, ["refunds:2"])


def test_at_the_top_it_only_gains_priority() -> None:
    play = Play.opened()
    play.feed(contact(1, flags=["hard"]))
    said = play.feed(breach(play, 1, ClockAction("move-up"), tier=2))
    assert names(said) == ["PrioritySet"]
    assert one(said, PrioritySet).about.priority == 90


def test_an_agents_word_escalates_and_the_agent_does_not_get_it_back() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    play.accept(1)
    said = play.work(1, Escalate("out_of_depth"), Actor("agent", ANA))
    assert one(said, Escalated).cause == "agent.out_of_depth"
    assert play.item(1).tier == 2


def test_so_many_refusals_escalate() -> None:
    play = Play.opened(replace(POLICY, tiers={**POLICY.tiers, 3: frozenset({3})}), present="chen")
    play.feed(contact(1, flags=["hard"]))
    play.decline(1)
    assert play.item(1).tier == 2
    for _ in range(19):
        play.be(CHEN, Presence.AVAILABLE)
        play.wait(30)
    play.be(CHEN, Presence.AVAILABLE)
    play.wait(30)
    said = play.decline(1)
    assert one(said, Escalated).cause == "misses"


def test_the_desk_file_says_what_a_cause_leads_to() -> None:
    rows = (EscalationStep("agent.abusive", "raise-priority", by=15),)
    play = Play.opened(replace(POLICY, escalation=rows), present="ana")
    play.feed(contact(1))
    play.accept(1)
    said = play.work(1, Escalate("abusive"), Actor("agent", ANA))
    assert names(said) == ["PrioritySet"]
    assert play.item(1).priority == 65
