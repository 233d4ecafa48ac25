"""Does the contact rule find what was left out, doubled or put elsewhere?"""

from datetime import timedelta

import pytest

from bellhop_common.events.topics import CONTACT, WORK
from bellhop_common.events.wire import rfc3339
from bellhop_common.history.parsing import provider_reference
from bellhop_common.history.rules import contacts
from bellhop_common.history.verdicts import Status, Verdict
from support.conversations import Conversation
from support.histories import NO_LISTS, Chronicle, Lists, judged, violations


def verdict_on(history: Chronicle, part: str = "taken up", lists: Lists = NO_LISTS) -> Verdict:
    return judged(history, contacts.RULE, lists)[part]


@pytest.fixture
def ring() -> Conversation:
    return Conversation(Chronicle(), "ring")


def test_contacts_that_are_queued_joined_and_reopen_are_legal(ring: Conversation) -> None:
    ring.received()
    ring.queued()
    ring.received()
    added = ring.added()
    ring.resolved()
    ring.received()
    ring.reopened()
    ring.history.again(added)
    verdict = verdict_on(ring.history)
    assert (violations(verdict), verdict.status, verdict.cases) == ([], Status.OK, 3)


def test_a_contact_that_is_left_out_is_a_violation(ring: Conversation) -> None:
    left_out = ring.received()
    verdict = verdict_on(ring.history)
    assert violations(verdict) == [f"contact {ring.contact()} is neither queued nor joined"]
    assert str(verdict.violations[0].offsets[0]) == f"contact.v1/{left_out.raw.partition}@0"


def test_a_contact_that_came_just_before_the_end_is_on_its_way_unless_all_is_at_rest(ring: Conversation) -> None:
    ring.history.tick(7200)
    late = ring.received()
    ring.history.now = late.raw.appended_at - timedelta(minutes=59, seconds=30)
    assert verdict_on(ring.history).status is Status.NOT_CHECKED
    ring.history.at_rest = True
    assert verdict_on(ring.history).status is Status.VIOLATION


def test_a_contact_that_the_router_dead_lettered_waits_for_a_person(ring: Conversation) -> None:
    ring.history.dead_letter(ring.received(), "router")
    assert verdict_on(ring.history).why == "1 contacts that the router dead-lettered"


def test_a_contact_taken_up_twice_is_a_violation(ring: Conversation) -> None:
    ring.received()
    ring.queued()
    ring.added()
    assert violations(verdict_on(ring.history)) == [f"contact {ring.contact()} is taken up 2 times"]


def test_a_contact_in_another_conversation_is_a_violation(ring: Conversation) -> None:
    ring.received()
    Conversation(ring.history, "door").queued(first_contact={"contact_id": ring.contact()})
    assert violations(verdict_on(ring.history)) == ["a contact is taken up in another conversation"]


@pytest.mark.parametrize("named_by", ["conversation", "item"])
def test_a_message_after_a_merge_joins_the_survivor(ring: Conversation, named_by: str) -> None:
    door = Conversation(ring.history, "door")
    for conversation in (ring, door):
        conversation.received()
        conversation.queued()
    ring.work("merged", {"into": door.id if named_by == "conversation" else door.item})
    ring.received()
    door.added(contact_id=ring.contact())
    assert violations(verdict_on(ring.history)) == []


def test_work_on_a_contact_that_was_never_received_is_a_violation(ring: Conversation) -> None:
    ring.queued(first_contact={"contact_id": "nobody"})
    assert violations(verdict_on(ring.history)) == ["contact nobody is taken up, but was never received"]


def test_a_truncated_log_leaves_contacts_unchecked(ring: Conversation) -> None:
    first = ring.received()
    ring.queued()
    ring.received()
    added = ring.added()
    ring.history.cut(CONTACT, first.raw.partition, 1)
    ring.history.cut(WORK, added.raw.partition, 1)
    verdict = verdict_on(ring.history)
    assert (verdict.status, verdict.cases) == (Status.OK, 1)


def test_one_arrival_received_twice_is_a_violation(ring: Conversation) -> None:
    ring.received(provider_message_id="m-1")
    ring.received(provider_message_id="m-1")
    assert violations(verdict_on(ring.history, "received once")) == ["one arrival was received twice"]


def test_an_id_that_comes_back_after_the_horizon_is_another_arrival(ring: Conversation) -> None:
    ring.received(provider_message_id="m-1")
    later = rfc3339(ring.history.tick(9 * 86_400))
    ring.received(provider_message_id="m-1", received_at=later)
    assert verdict_on(ring.history, "received once").status is Status.OK


def test_a_late_repeat_is_no_second_arrival(ring: Conversation) -> None:
    ring.history.again(ring.received())
    assert verdict_on(ring.history, "received once").status is Status.OK


def test_a_contact_received_again_in_a_raised_epoch_is_not_checked(ring: Conversation) -> None:
    ring.received()
    ring.queued()
    ring.history.restore()
    ring.contacts = 0
    ring.received()
    assert verdict_on(ring.history).why == "1 contacts that were taken up on both sides of a restore"
    assert verdict_on(ring.history, "received once").status is Status.OK


def test_accepted_inputs_that_are_there_once_are_legal(ring: Conversation) -> None:
    ring.history.again(ring.received())
    body = {"contact_id": "parked-1", "entry_point": "mail", "provider_message_id": "spam"}
    ring.history.event(CONTACT, "contact.parked", "parked-1", body)
    verdict = verdict_on(ring.history, "accepted", Lists(accepted=["mail ring-1", "mail spam"]))
    assert (verdict.status, verdict.cases) == (Status.OK, 2)


def test_a_message_id_is_the_same_with_and_without_its_brackets(ring: Conversation) -> None:
    ring.received(provider_message_id="<demo-7@customers.example>")
    line = {"entry_point": "mail", "provider_message_id": "demo-7@customers.example"}
    assert verdict_on(ring.history, "accepted", Lists(accepted=[provider_reference(line)])).cases == 1
    assert verdict_on(ring.history, "accepted", Lists(accepted=[provider_reference(line)])).status is Status.OK


def test_an_accepted_input_that_is_lost_or_doubled_is_a_violation(ring: Conversation) -> None:
    ring.received()
    ring.received(provider_message_id="ring-1")
    verdict = verdict_on(ring.history, "accepted", Lists(accepted=["mail ring-1", "mail ring-9"]))
    assert violations(verdict) == [
        "accepted input mail ring-1 is there 2 times",
        "accepted input mail ring-9 is lost",
    ]


def test_without_the_list_of_accepted_inputs_they_are_not_checked(ring: Conversation) -> None:
    assert verdict_on(ring.history, "accepted").why == "--accepted was not given"
