"""What happens to work when people come, go, or fall silent?"""

from dataclasses import replace

import immutables

from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import AgentChanged, AssignmentEnded, Noted, OfferRescinded, Rejected, Requeued
from bellhop_router.domain.inputs import ApplyDesk, Heartbeat, Note, Remove, Upsert
from bellhop_router.domain.names import Actor, AgentId
from support.routing import ANA, BEN, CHAT, EMAIL, POLICY, ROSTER, Play, contact, names, one, profile

IVO = AgentId("ivo")


def test_who_comes_is_offered_what_waits() -> None:
    play = Play.opened()
    play.feed(contact(1))
    said = play.be(ANA, Presence.AVAILABLE)
    assert names(said) == ["Offered"]
    assert isinstance(said[0], AgentChanged), "the new presence stands before what is decided on it"


def test_a_lapsed_lease_means_away_and_pending_offers_are_rescinded() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    said = play.wait(60)
    assert one(said, OfferRescinded).cause == "agent-lost"
    agent = play.desk.agents[ANA]
    assert (agent.presence, agent.reason, agent.lease_until) == ("away", "lease-lost", None)


def test_a_heartbeat_moves_the_lease_and_says_nothing() -> None:
    play = Play.opened(present="ana")
    play.wait(50)
    before = play.desk
    assert play.agent(ANA, Heartbeat()) == []
    assert play.desk is before
    play.wait(50)
    assert play.desk.agents[ANA].presence == "available"


def test_any_command_of_the_agent_counts_as_a_sign_of_life() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1))
    play.accept(1)
    play.wait(50)
    one(play.work(1, Note("still here"), Actor("agent", ANA)), Noted)
    play.wait(50)
    assert play.desk.agents[ANA].presence == "available"


def test_live_work_of_a_lost_agent_goes_on_after_the_grace() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, CHAT))
    play.accept(1)
    assert names(play.wait(60)) == []
    said = play.wait(30)
    assert names(said) == ["AssignmentEnded", "Requeued"]
    assert (one(said, AssignmentEnded).cause, one(said, Requeued).cause) == ("agent-lost", "agent-lost")


def test_who_is_back_within_the_grace_keeps_the_chat() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, CHAT))
    play.accept(1)
    play.wait(70)
    play.be(ANA, Presence.AVAILABLE)
    play.wait(30)
    assert play.item(1).holder == "ana"


def test_written_work_stays_with_a_lost_agent() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, EMAIL))
    play.accept(1)
    play.wait(600)
    assert play.item(1).holder == "ana"


def test_untouched_work_of_somebody_who_goes_offline_is_taken_back_at_once() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, EMAIL))
    play.accept(1)
    assert names(play.be(ANA, Presence.OFFLINE)) == ["AssignmentEnded", "Requeued"]


def test_touched_written_work_stays_when_the_agent_goes_offline() -> None:
    play = Play.opened(present="ana")
    play.feed(contact(1, EMAIL))
    play.accept(1)
    play.work(1, Note("asked the warehouse"), Actor("agent", ANA))
    assert names(play.be(ANA, Presence.OFFLINE)) == []


def test_an_agent_taken_out_of_the_file_leaves_nothing_behind() -> None:
    play = Play.opened(present="ana ben")
    play.feed(contact(1, EMAIL))
    play.accept(1)
    said = play.feed(ApplyDesk("main", "apply-2", POLICY, (profile("ben"),)))
    assert names(said) == ["AssignmentEnded", "Requeued", "Offered"]
    assert [event.agent.id for event in said if isinstance(event, AgentChanged) and event.gone] == ["ana", "chen"]
    assert play.offered_to(1) == "ben"


def test_agents_of_a_desk_file_are_not_changed_by_events() -> None:
    play = Play.opened()
    assert one(play.agent(ANA, Upsert(profile("ana", tier=2))), Rejected).code == "roster-in-file"
    assert one(play.agent(BEN, Remove()), Rejected).code == "roster-in-file"


def test_an_agent_of_another_desk_is_refused_and_stays_there() -> None:
    play = Play.opened(replace(POLICY, roster_in_file=False))
    play.desk = replace(play.desk, elsewhere=immutables.Map({IVO: "night"}))
    rejected = one(play.agent(IVO, Upsert(profile("ivo"))), Rejected)
    assert (rejected.code, rejected.detail) == ("other-desk", "agent ivo belongs to desk night; remove it there first")
    assert IVO not in play.desk.agents
    play.desk = replace(play.desk, elsewhere=immutables.Map())
    assert one(play.agent(IVO, Upsert(profile("ivo"))), AgentChanged).agent.id == IVO


def test_a_desk_file_with_agents_of_other_desks_changes_nothing() -> None:
    play = Play.opened()
    play.desk = replace(play.desk, elsewhere=immutables.Map({BEN: "night", IVO: "day"}))
    rejected = one(play.feed(ApplyDesk("main", "two", POLICY, (profile("ivo"), *ROSTER))), Rejected)
    assert rejected.code == "other-desk"
    assert rejected.detail == (
        "agent ben belongs to desk night; remove it there first; agent ivo belongs to desk day; remove it there first"
    )
    assert play.desk.policy is not None
    assert play.desk.policy.version == 1
