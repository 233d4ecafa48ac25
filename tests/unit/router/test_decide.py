"""What holds for every input, whatever it is?"""

from uuid import UUID

from bellhop_common.decision import CallEnded, CallOutcome, Decision, MissingReference, Subject, TimerDue
from bellhop_router.domain.agents import Presence
from bellhop_router.domain.decide import decide
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import Rejected
from bellhop_router.domain.inputs import AgentCommand, ApplyDesk, Heartbeat, Ignored, NoticeLost
from bellhop_router.domain.names import Actor, AgentId
from support.routing import ANA, NOON, POLICY, ROSTER, Play, contact, conversation_id, one

NOBODY = Desk("nowhere")


def test_a_contact_of_a_desk_without_a_file_waits_for_it() -> None:
    assert decide(NOBODY, contact(1), NOON) == MissingReference("desk", "nowhere")


def test_a_command_that_names_an_unknown_desk_holds_nobody_up() -> None:
    command = AgentCommand("nowhere", "one", ANA, Actor("agent", ANA), Heartbeat())
    assert decide(NOBODY, command, NOON) == MissingReference("desk-file", "nowhere")


def test_news_of_a_desk_that_never_was_changes_nothing() -> None:
    due = TimerDue("offer", Subject("conversation", str(conversation_id(1))), NOON, NOON, NOON)
    lost = NoticeLost(conversation_id(1), UUID(int=1), "bounced")
    ended = CallEnded(UUID(int=1), "ask", Subject("conversation", "x"), CallOutcome.DONE)
    for happening in (due, lost, ended, Ignored("x")):
        assert decide(NOBODY, happening, NOON) == Decision(NOBODY)


def test_a_timer_that_nothing_stands_behind_any_more_changes_nothing() -> None:
    play = Play.opened(present="ana")
    before = play.desk
    for kind in ("offer", "pend", "memory", "not-before"):
        assert play.feed(TimerDue(kind, Subject("conversation", str(conversation_id(9))), NOON, NOON, NOON)) == []
    for kind, subject in (("wrap-up", "assignment"), ("queue", "queue"), ("other", "elsewhere")):
        name = f"{conversation_id(9)}/1"
        assert play.feed(TimerDue(kind, Subject(subject, name), NOON, NOON, NOON)) == []
    assert play.feed(TimerDue("lease", Subject("agent", "ghost"), NOON, NOON, NOON)) == []
    assert play.desk is before


def test_the_state_that_is_given_is_never_changed() -> None:
    play = Play.opened(present="ana")
    before, facts = play.desk, dict(play.desk.agents)
    play.feed(contact(1))
    assert dict(before.agents) == facts
    assert len(before.items) == 0


def test_a_desk_file_made_on_another_version_is_refused() -> None:
    play = Play.opened()
    rejected = one(play.feed(ApplyDesk("main", "two", POLICY, ROSTER, expected=7)), Rejected)
    assert (rejected.code, rejected.detail) == ("version-conflict", "version 1 is in force")


def test_an_agent_nobody_knows_is_refused() -> None:
    play = Play.opened()
    assert one(play.be(AgentId("ghost"), Presence.AVAILABLE), Rejected).code == "unknown-agent"
