"""Does the rest rule find what was left undone?"""

import pytest

from bellhop_common.events.topics import AGENT_COMMAND
from bellhop_common.history.ports import Leftover, Outside
from bellhop_common.history.rules import rest
from bellhop_common.history.verdicts import Status
from bellhop_common.ids import natural_id
from support.conversations import Conversation
from support.histories import Chronicle, judged, violations


@pytest.fixture
def ring() -> Conversation:
    ring = Conversation(Chronicle(at_rest=True), "ring")
    ring.queued()
    return ring


def test_answered_offers_and_commands_are_legal(ring: Conversation) -> None:
    ring.offered()
    accept = ring.command("accept", offer_id=ring.claim)
    ring.accepted(cause=accept.id)
    ring.assigned(cause=accept.id)
    ring.history.again(accept)
    ring.rejected(ring.command("claim"))
    ring.history.dead_letter(ring.command("note"), "router")
    verdicts = judged(ring.history, rest.RULE)
    assert {part: (one.status, one.cases) for part, one in verdicts.items() if part != "rows"} == {
        "offers": (Status.OK, 1),
        "commands": (Status.OK, 3),
    }


def test_an_offer_past_its_time_is_a_violation(ring: Conversation) -> None:
    ring.offered()
    assert violations(judged(ring.history, rest.RULE)["offers"]) == ["an offer past its time"]


def test_an_offer_that_still_has_time_is_legal(ring: Conversation) -> None:
    ring.offered(timeout_seconds=7200)
    assert judged(ring.history, rest.RULE)["offers"].status is Status.OK


def test_a_command_without_an_answer_is_a_violation(ring: Conversation) -> None:
    ring.command("claim")
    assert violations(judged(ring.history, rest.RULE)["commands"]) == [
        "work.claim has neither an effect nor a rejection"
    ]


def test_a_presence_that_was_so_already_and_a_heartbeat_change_nothing(ring: Conversation) -> None:
    for kind in ("agent.set-presence", "agent.heartbeat"):
        ring.history.event(AGENT_COMMAND, kind, "ana", {"agent_id": "ana"}, source="workforce")
    verdict = judged(ring.history, rest.RULE)["commands"]
    assert (verdict.status, verdict.unchecked) == (Status.NOT_CHECKED, 1)


def test_a_command_whose_id_is_no_uuid_is_named_by_source_and_id(ring: Conversation) -> None:
    ring.command("claim", ce_id="claim 7")
    ring.claimed(cause=natural_id("event", "desktop", "claim 7"))
    assert judged(ring.history, rest.RULE)["commands"].cases == 1
    assert judged(ring.history, rest.RULE)["commands"].status is Status.OK


def test_rows_that_are_left_are_a_violation(ring: Conversation) -> None:
    outside = Outside(leftovers=(Leftover("bellhop_router.outbox", 0), Leftover("bellhop_sla.held", 2)))
    verdict = judged(ring.history, rest.RULE, outside=outside)["rows"]
    assert (violations(verdict), verdict.cases) == (["2 rows are left in bellhop_sla.held"], 2)


def test_empty_tables_are_legal_and_unseen_ones_not_checked(ring: Conversation) -> None:
    empty = Outside(leftovers=(Leftover("bellhop_router.outbox", 0),))
    assert judged(ring.history, rest.RULE, outside=empty)["rows"].status is Status.OK
    assert judged(ring.history, rest.RULE)["rows"].why == "--postgres was not given"


def test_unless_all_is_at_rest_nothing_is_checked(ring: Conversation) -> None:
    ring.history.at_rest = False
    assert judged(ring.history, rest.RULE)[""].why == "--at-rest was not given"
