"""Into which conversation does an arrival fall, and who may fall into it?"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from bellhop_ingest.domain.arrival import Arrival, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.threading import Begins, Conversation, Joins, Known, Proof, choose, subject_key
from support.ingest_messages import NOON

ANA = Sender((Handle(HandleKind.EMAIL, "ana@example.com"),))
EVE = Sender((Handle(HandleKind.EMAIL, "eve@example.com"),))
TALK = Conversation(UUID(int=1), frozenset({"email:ana@example.com"}), NOON - timedelta(hours=1), "Parcel")
OTHER = replace(TALK, conversation_id=UUID(int=2))
OLDEST = NOON - timedelta(days=3)
MAIL = Arrival(
    channel=Channel.EMAIL,
    entry_point="support",
    provider="email",
    provider_message_id="<1@example.com>",
    occurred_at=NOON,
    sender=ANA,
    text="Hello",
    reply_text="Hello",
    digest="d",
    subject="Invoice",
)


def test_a_provider_thread_goes_before_everything_else() -> None:
    mail = replace(MAIL, thread=Thread(provider_thread_id="t", tokens=("k",)))
    assert choose(mail, Known({"t": TALK}, {"k": OTHER}), OLDEST) == Joins(TALK.conversation_id, Proof.PROVIDER_THREAD)


def test_a_token_goes_before_references() -> None:
    mail = replace(MAIL, thread=Thread(tokens=("k",), references=("<a>",)))
    known = Known(by_token={"k": TALK}, by_message_id={"<a>": OTHER})
    assert choose(mail, known, OLDEST) == Joins(TALK.conversation_id, Proof.TOKEN)


def test_the_newest_known_reference_decides() -> None:
    mail = replace(MAIL, thread=Thread(references=("<unknown>", "<new>", "<old>")))
    known = Known(by_message_id={"<old>": OTHER, "<new>": TALK})
    assert choose(mail, known, OLDEST) == Joins(TALK.conversation_id, Proof.REFERENCE)


def test_a_stranger_who_quotes_a_thread_does_not_land_in_it() -> None:
    mail = replace(MAIL, sender=EVE, thread=Thread(tokens=("k",), references=("<a>",)))
    chosen = choose(mail, Known(by_token={"k": TALK}, by_message_id={"<a>": TALK}), OLDEST)
    assert chosen == Begins("quotes a conversation that its sender takes no part in")


def test_the_same_subject_joins_the_latest_open_conversation() -> None:
    mail = replace(MAIL, subject="RE: [ext] parcel")
    assert choose(mail, Known(latest_open=TALK), OLDEST) == Joins(TALK.conversation_id, Proof.LATEST_OPEN)


def test_another_subject_begins_a_conversation() -> None:
    assert choose(MAIL, Known(latest_open=TALK), OLDEST) == Begins("another subject")


def test_a_channel_without_subjects_joins_the_latest_open_conversation() -> None:
    chat = replace(MAIL, channel=Channel.WHATSAPP, subject=None)
    assert choose(chat, Known(latest_open=TALK), OLDEST) == Joins(TALK.conversation_id, Proof.LATEST_OPEN)


def test_after_the_window_a_conversation_begins() -> None:
    mail = replace(MAIL, subject="Parcel")
    assert choose(mail, Known(latest_open=TALK), NOON - timedelta(minutes=59)) == Begins("the last one is too old")


def test_subjects_are_compared_without_prefixes_case_and_spacing() -> None:
    assert subject_key("AW: Re[2]:  Fwd: PARCEL   late") == subject_key("parcel late") == "parcel late"
    assert subject_key("Отг: Пратка") == "пратка"
