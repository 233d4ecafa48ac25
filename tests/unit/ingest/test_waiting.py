"""Who waits for a first answer, and what is said of a visitor who leaves?"""

from datetime import timedelta
from uuid import UUID

import pytest

from bellhop_ingest.domain.arrival import Arrival, CallStage, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.events import ContactAbandoned
from bellhop_ingest.domain.inputs import WorkAnswered, WorkPassed, WorkReopened, WorkResolved
from bellhop_ingest.domain.outcomes import Abandoned, Origin
from bellhop_ingest.domain.places import Places
from support.ingest_memory import NOON, Memory

DOOR = Door("page", "chat", "support", 1)
SESSION = "s-1"


def chat() -> Memory:
    return Memory(places=Places((DOOR,)))


def message(message_id: str) -> Arrival:
    return Arrival(
        channel=Channel.CHAT,
        entry_point="page",
        provider="chat",
        provider_message_id=f"{SESSION}/{message_id}",
        occurred_at=NOON,
        sender=Sender((Handle(HandleKind.CHAT, SESSION),)),
        text="Hello",
        reply_text="Hello",
        digest=content_digest(message_id),
        thread=Thread(provider_thread_id=SESSION),
    )


def gone() -> Abandoned:
    return Abandoned(Origin(Channel.CHAT, "page", "chat", SESSION), CallStage.CHAT, NOON)


def left(memory: Memory) -> list[ContactAbandoned]:
    return [event for event in memory.events if isinstance(event, ContactAbandoned)]


def conversation_of(memory: Memory, message_id: str) -> UUID:
    (admitted,) = memory.admit(message(message_id))
    assert admitted.conversation_id is not None
    return admitted.conversation_id


def test_who_leaves_without_an_answer_has_abandoned_with_the_time_they_waited() -> None:
    memory = chat()
    conversation_id = conversation_of(memory, "1")
    (second,) = memory.admit(message("2"), now=NOON + timedelta(seconds=20))
    memory.admit(gone(), now=NOON + timedelta(seconds=30))
    assert left(memory) == [
        ContactAbandoned(_id(second.contact_id), conversation_id, DOOR, "chat", 30_000, short=False)
    ]


def test_who_leaves_at_once_left_too_soon_to_count() -> None:
    memory = chat()
    conversation_of(memory, "1")
    memory.admit(gone(), now=NOON + timedelta(seconds=4))
    assert left(memory)[0].short


def test_leaving_twice_is_told_once() -> None:
    memory = chat()
    conversation_of(memory, "1")
    answers = memory.admit(gone(), gone())
    assert [answer.repeat for answer in answers] == [False, True]
    assert len(left(memory)) == 1


def test_who_had_an_answer_just_leaves_even_after_saying_thanks() -> None:
    memory = chat()
    memory.tell(WorkAnswered(conversation_of(memory, "1")))
    memory.admit(message("2"), gone())
    assert left(memory) == []


def test_other_news_of_work_is_no_answer() -> None:
    memory = chat()
    memory.tell(WorkPassed(conversation_of(memory, "1")))
    memory.admit(gone())
    assert len(left(memory)) == 1


def test_a_conversation_taken_up_again_waits_for_an_answer_again() -> None:
    memory = chat()
    conversation_id = conversation_of(memory, "1")
    memory.tell(WorkAnswered(conversation_id))
    memory.tell(WorkResolved(conversation_id, NOON))
    memory.admit(message("2"), now=NOON + timedelta(minutes=5))
    memory.tell(WorkReopened(conversation_id))
    memory.admit(gone(), now=NOON + timedelta(minutes=6))
    assert [event.waited_ms for event in left(memory)] == [60_000]


def test_who_never_said_anything_has_nothing_to_abandon() -> None:
    memory = chat()
    (answer,) = memory.admit(gone())
    assert (answer.repeat, memory.events) == (True, [])


@pytest.mark.parametrize("seconds", [-3, 0])
def test_a_clock_that_goes_back_makes_no_negative_wait(seconds: int) -> None:
    memory = chat()
    conversation_of(memory, "1")
    memory.admit(gone(), now=NOON + timedelta(seconds=seconds))
    assert left(memory)[0].waited_ms == 0


def _id(found: UUID | None) -> UUID:
    assert found is not None
    return found
