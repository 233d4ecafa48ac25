"""How does an offer end?"""

from datetime import timedelta

from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import (
    Assigned,
    OfferAccepted,
    OfferDeclined,
    Offered,
    OfferExpired,
    OfferRescinded,
    Rejected,
)
from bellhop_router.domain.inputs import Accept, WorkCommand
from bellhop_router.domain.names import Actor
from bellhop_router.domain.work import Offered as IsOffered
from support.routing import ANA, BEN, CHAT, EMAIL, PHONE, Play, contact, conversation_id, names, one


def test_a_contact_is_offered_at_once_to_an_agent_with_room() -> None:
    play = Play.opened(present="ana")
    said = play.feed(contact(1))
    assert names(said) == ["Queued", "Offered"]
    offered = one(said, Offered)
    assert (offered.agent_id, offered.timeout_seconds, offered.placed.weight) == ("ana", 120.0, 10)
    assert offered.agent is not None
    assert (offered.agent.used_before, offered.agent.used_after, offered.agent.capacity) == (0, 10, 100)


def test_an_accepted_offer_becomes_an_assignment_of_the_same_id_and_load() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    said = play.accept(1)
    assert names(said) == ["OfferAccepted", "Assigned"]
    assert one(said, Assigned).assignment_id == one(said, OfferAccepted).offer_id
    assert one(said, Assigned).agent is None
    assert play.used(ANA) == 10


def test_a_declined_offer_goes_to_the_next_agent() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1))
    said = play.decline(1)
    assert one(said, OfferDeclined).reason == "busy"
    assert one(said, Offered).agent_id == "ben"


def test_who_declined_is_asked_again_when_the_memory_is_over() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    play.decline(1)
    assert play.offered_to(1) is None
    play.desk = play.desk  # the lease must not lapse meanwhile
    for _ in range(19):
        play.wait(30)
        play.be(ANA, Presence.AVAILABLE)
    assert play.offered_to(1) is None
    play.wait(30)
    assert play.offered_to(1) == "ana"


def test_an_offer_that_nobody_answers_expires_and_is_a_miss() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, CHAT))
    said = play.wait(30)
    assert one(said, OfferExpired).agent_id == "ana"
    assert play.desk.agents[ANA].misses == 1


def test_a_lapse_during_our_own_stall_is_rescinded_and_nobody_is_blamed() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, CHAT))
    said = play.wait(30, stalled=True)
    assert one(said, OfferRescinded).cause == "stalled"
    assert play.desk.agents[ANA].misses == 0
    assert play.offered_to(1) == "ana"


def test_two_misses_in_a_row_put_the_agent_away_and_say_so() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, PHONE))
    play.wait(20)
    play.feed(contact(2, CHAT))
    play.wait(30)
    agent = play.desk.agents[ANA]
    assert (agent.presence, agent.reason) == ("away", "missed-offers")


def test_an_accept_is_judged_by_when_it_was_appended_not_by_when_it_is_read() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, CHAT))
    step = play.item(1).step
    assert isinstance(step, IsOffered)
    sent = step.expires_at - timedelta(seconds=1)
    play.now = step.expires_at + timedelta(seconds=9)
    accept = WorkCommand("main", "late-read", conversation_id(1), Actor("agent", ANA), sent, Accept(step.offer_id))
    assert names(play.feed(accept)) == ["OfferAccepted", "Assigned"]


def test_a_late_accept_is_told_the_truth() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, CHAT))
    step = play.item(1).step
    assert isinstance(step, IsOffered)
    play.now = step.expires_at
    rejected = one(play.accept(1), Rejected)
    assert rejected.code == "offer-expired"
    assert "expired at 2026-03-02T12:00:30" in rejected.detail


def test_an_accept_of_an_offer_that_went_elsewhere_names_who_has_it() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1, CHAT))
    step = play.item(1).step
    assert isinstance(step, IsOffered)
    play.decline(1)
    rejected = one(play.work(1, Accept(step.offer_id), Actor("agent", ANA)), Rejected)
    assert rejected.code == "offer-gone"
    assert "offered to ben" in rejected.detail


def test_accepting_twice_is_no_fault() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    step = play.item(1).step
    assert isinstance(step, IsOffered)
    play.accept(1)
    assert one(play.work(1, Accept(step.offer_id), Actor("agent", ANA)), Rejected).code == "already-done"


def test_nobody_accepts_for_somebody_else() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    step = play.item(1).step
    assert isinstance(step, IsOffered)
    assert one(play.work(1, Accept(step.offer_id), Actor("agent", BEN)), Rejected).code == "not-yours"


def test_offers_of_one_item_have_ids_of_their_own() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1, EMAIL))
    play.decline(1)
    offers = [event.offer_id for event in play.events if isinstance(event, Offered)]
    assert len(set(offers)) == 2
