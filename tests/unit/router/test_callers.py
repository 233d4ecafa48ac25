"""Who may act as whom over HTTP?"""

import pytest

from bellhop_common.http.auth import Caller
from bellhop_common.http.problems import Problem
from bellhop_router.adapters.callers import actor_of, command_id
from bellhop_router.adapters.http_problems import problem_of, refusal
from bellhop_router.domain.events import Rejected
from bellhop_router.domain.names import Actor
from support.routing import NOON

ANAS_PROGRAM = Caller("ana's desktop", frozenset({"agent"}), "ana")
LEAD = Caller("lea", frozenset({"supervisor"}))
MACHINE = Caller("crm", frozenset({"agent"}))


def test_an_agents_token_acts_as_that_agent() -> None:
    assert actor_of(ANAS_PROGRAM, None) == Actor("agent", "ana")
    assert actor_of(ANAS_PROGRAM, Actor("agent", "ana")) == Actor("agent", "ana")


def test_an_agents_token_acts_as_nobody_else() -> None:
    with pytest.raises(Problem) as refused:
        actor_of(ANAS_PROGRAM, Actor("agent", "ben"))
    assert refused.value.status == 403


def test_a_supervisor_may_act_for_others_by_name() -> None:
    assert actor_of(LEAD, None) == Actor("supervisor", "lea")
    assert actor_of(LEAD, Actor("agent", "ben")) == Actor("agent", "ben")


def test_a_token_without_an_agent_or_a_higher_role_acts_for_nobody() -> None:
    with pytest.raises(Problem):
        actor_of(MACHINE, Actor("agent", "ben"))


def test_the_same_key_of_two_callers_is_two_commands() -> None:
    assert command_id(LEAD, "one") == command_id(LEAD, "one")
    assert command_id(LEAD, "one") != command_id(ANAS_PROGRAM, "one")
    with pytest.raises(Problem):
        command_id(LEAD, None)


@pytest.mark.parametrize(
    ("code", "status"), [("not-yours", 403), ("unknown-agent", 404), ("offer-expired", 409), ("no-room", 409)]
)
def test_a_refusal_has_its_status(code: str, status: int) -> None:
    rejected = Rejected("main", 1, "key", "command", code, "the truth", NOON)
    assert refusal([rejected]) is rejected
    assert problem_of(rejected).status == status


def test_what_is_so_already_is_no_refusal() -> None:
    assert refusal([Rejected("main", 1, "key", "command", "already-done", "it is", NOON)]) is None
