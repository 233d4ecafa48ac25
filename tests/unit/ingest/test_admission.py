"""What becomes of an arrival, given what came before?"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bellhop_ingest.application.intake import UnknownEntryPoint
from bellhop_ingest.domain.arrival import CallStage, Thread
from bellhop_ingest.domain.channels import Channel
from bellhop_ingest.domain.events import (
    CallStateChanged,
    ContactAbandoned,
    ContactParked,
    ContactReceived,
    ContactUpdated,
    CustomerChanged,
)
from bellhop_ingest.domain.inputs import WorkReopened, WorkResolved
from bellhop_ingest.domain.outcomes import Abandoned, CallState, Origin, Parked, ParkReason
from bellhop_ingest.domain.outcomes import CallStateChanged as CallStateTold
from support.ingest_memory import NOON, Memory, answering, arrival, mail, token


def received(memory: Memory) -> list[ContactReceived]:
    return [event for event in memory.events if isinstance(event, ContactReceived)]


def test_a_first_mail_makes_a_customer_and_a_conversation() -> None:
    memory = Memory()
    (admitted,) = memory.admit(mail("<1@example.org>"))
    assert [type(event) for event in memory.events] == [CustomerChanged, ContactReceived]
    (event,) = received(memory)
    assert event.is_new_conversation
    assert event.conversation.conversation_id == admitted.conversation_id
    assert [handle.value for handle in event.customer.handles] == ["ana@example.org"]
    assert event.customer.customer_id.version == 7


def test_the_same_mail_twice_is_one_contact_and_the_same_answer() -> None:
    memory = Memory()
    (first,) = memory.admit(mail("<1@example.org>"))
    (second,) = memory.admit(mail("<1@example.org>"))
    assert second.repeat
    assert second.contact_id == first.contact_id
    assert len(received(memory)) == 1


def test_other_mail_under_a_known_message_id_is_another_contact() -> None:
    memory = Memory()
    (first,) = memory.admit(mail("<1@example.org>"))
    (second,) = memory.admit(mail("<1@example.org>", "Something else", sender="eve@example.net"))
    (again,) = memory.admit(mail("<1@example.org>", "Something else", sender="eve@example.net"))
    assert second.contact_id != first.contact_id
    assert again.repeat
    assert again.contact_id == second.contact_id
    names = [event.provider_message_id for event in received(memory)]
    assert len(set(names)) == 2


def test_two_first_messages_in_one_group_make_one_conversation() -> None:
    memory = Memory()
    one, two = memory.admit(mail("<1@example.org>"), mail("<2@example.org>", "And another thing"))
    assert one.conversation_id == two.conversation_id
    assert [event.is_new_conversation for event in received(memory)] == [True, False]


def test_the_sender_s_handle_in_other_letters_is_the_same_customer() -> None:
    memory = Memory()
    memory.admit(mail("<1@example.org>"), mail("<2@example.org>", sender="Ana@Example.ORG"))
    customers = {event.customer.customer_id for event in received(memory)}
    assert len(customers) == 1


def test_a_changed_subject_without_other_proof_begins_a_conversation() -> None:
    memory = Memory()
    one, two = memory.admit(mail("<1@example.org>"), mail("<2@example.org>", subject="Invoice"))
    assert one.conversation_id != two.conversation_id


def test_a_reference_leads_back_whatever_the_subject() -> None:
    memory = Memory()
    (first,) = memory.admit(mail("<1@example.org>"))
    answer = replace(
        mail("<2@example.org>", subject="Something new"),
        thread=Thread(message_id="<2@example.org>", references=("<1@example.org>",)),
    )
    (second,) = memory.admit(answer)
    assert second.conversation_id == first.conversation_id


def test_a_token_leads_back() -> None:
    memory = Memory()
    (first,) = memory.admit(mail("<1@example.org>"))
    assert isinstance(first.conversation_id, UUID)
    answer = replace(
        mail("<2@example.org>", subject="Other"),
        thread=Thread(message_id="<2@example.org>", tokens=(token(first.conversation_id),)),
    )
    assert memory.admit(answer)[0].conversation_id == first.conversation_id


def test_a_stranger_who_quotes_a_thread_never_lands_in_it() -> None:
    memory = Memory()
    (first,) = memory.admit(mail("<1@example.org>"))
    assert isinstance(first.conversation_id, UUID)
    thread = Thread(message_id="<9@evil.net>", references=("<1@example.org>",), tokens=(token(first.conversation_id),))
    (second,) = memory.admit(replace(mail("<9@evil.net>", sender="eve@evil.net"), thread=thread))
    assert second.conversation_id != first.conversation_id


def test_somebody_in_copy_takes_part() -> None:
    memory = Memory()
    thread = Thread(message_id="<1@example.org>", participants=("bob@example.org",))
    (first,) = memory.admit(replace(mail("<1@example.org>"), thread=thread))
    answer = answering("<2@example.org>", "<1@example.org>", sender="bob@example.org")
    assert memory.admit(answer)[0].conversation_id == first.conversation_id


def test_a_resolved_conversation_is_taken_up_within_its_window_only() -> None:
    memory = Memory()
    (first,) = memory.admit(mail("<1@example.org>"))
    assert isinstance(first.conversation_id, UUID)
    memory.tell(WorkResolved(first.conversation_id, NOON))
    inside = replace(
        mail("<2@example.org>"), thread=Thread(message_id="<2@example.org>", references=("<1@example.org>",))
    )
    late = replace(
        mail("<3@example.org>"), thread=Thread(message_id="<3@example.org>", references=("<1@example.org>",))
    )
    assert memory.admit(inside, now=NOON + timedelta(days=6))[0].conversation_id == first.conversation_id
    assert memory.admit(late, now=NOON + timedelta(days=8))[0].conversation_id != first.conversation_id


def test_reopened_work_opens_the_conversation_again() -> None:
    memory = Memory()
    (first,) = memory.admit(mail("<1@example.org>"))
    assert isinstance(first.conversation_id, UUID)
    memory.tell(WorkResolved(first.conversation_id, NOON))
    memory.tell(WorkReopened(first.conversation_id))
    late = replace(
        mail("<3@example.org>"), thread=Thread(message_id="<3@example.org>", references=("<1@example.org>",))
    )
    assert memory.admit(late, now=NOON + timedelta(days=8))[0].conversation_id == first.conversation_id


def test_an_edit_that_the_provider_vouches_for_is_an_update() -> None:
    memory = Memory()
    before = arrival(Channel.WHATSAPP, "whatsapp", "wamid.1", "+359881234567", "Helo")
    after = arrival(Channel.WHATSAPP, "whatsapp", "wamid.1", "+359881234567", "Hello")
    (first,) = memory.admit(before)
    (second,) = memory.admit(after)
    assert second.contact_id == first.contact_id
    update = memory.events[-1]
    assert isinstance(update, ContactUpdated)
    assert (update.change, update.text) == ("edited", "Hello")


def test_an_empty_mail_is_parked_with_its_reason() -> None:
    memory = Memory()
    (admitted,) = memory.admit(replace(mail("<1@example.org>", text="  "), reply_text="", subject=""))
    assert admitted.parked == "empty"
    assert [type(event) for event in memory.events] == [ContactParked]


def test_a_parked_mail_that_comes_again_stays_one() -> None:
    memory = Memory()
    parked = Parked(mail("<1@example.org>"), ParkReason.AUTO_REPLY)
    (first,) = memory.admit(parked)
    (second,) = memory.admit(parked)
    assert (second.contact_id, second.repeat) == (first.contact_id, True)
    assert len(memory.events) == 1


def test_a_hang_up_is_told_once() -> None:
    memory = Memory()
    memory.admit(arrival(Channel.PHONE, "phone", "CA1", "+359881234567", "A call"))
    gone = Abandoned(Origin(Channel.PHONE, "phone", "phone", "CA1"), CallStage.QUEUE, NOON, timedelta(seconds=12))
    memory.admit(gone)
    (again,) = memory.admit(gone)
    told = [event for event in memory.events if isinstance(event, ContactAbandoned)]
    assert [(event.stage, event.waited_ms) for event in told] == [("queue", 12_000)]
    assert again.repeat


def test_a_call_state_that_comes_first_waits_for_its_call() -> None:
    memory = Memory()
    state = CallStateTold(Origin(Channel.PHONE, "phone", "phone", "CA1"), CallState.CONNECTED, NOON)
    memory.admit(state)
    assert memory.events == []
    memory.admit(arrival(Channel.PHONE, "phone", "CA1", "+359881234567", "A call"))
    assert isinstance(memory.events[-1], CallStateChanged)
    assert memory.events[-1].state == "connected"


def test_an_entry_point_that_no_desk_has_is_named() -> None:
    with pytest.raises(UnknownEntryPoint, match="nowhere"):
        Memory().admit(replace(mail("<1@example.org>"), entry_point="nowhere"))
