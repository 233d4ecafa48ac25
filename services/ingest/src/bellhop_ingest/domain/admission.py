"""What becomes of one arrival, given what is known? A contact, a repeat, an update or parked, with its events."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from bellhop_ingest.domain import conversations, deduplication, people
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.deduplication import Verdict
from bellhop_ingest.domain.documents import Arrived, Door, Early, arrived_subject, early_subject
from bellhop_ingest.domain.events import (
    ContactParked,
    ContactReceived,
    ContactUpdated,
    CustomerChanged,
    IngestEvent,
    ReceiptRecorded,
)
from bellhop_ingest.domain.news import Followed, follow, tell
from bellhop_ingest.domain.outcomes import (
    Abandoned,
    CallStateChanged,
    Parked,
    ParkReason,
    Receipt,
    Updated,
    bounce_receipts,
)
from bellhop_ingest.domain.triage import triage
from bellhop_ingest.domain.view import View

Admissible = Arrival | Parked | Updated | Abandoned | CallStateChanged | Receipt


@dataclass(frozen=True, slots=True)
class Applicant:
    """`new_customer_id` is used if nobody is known under the sender's handles; `tokens` as in `conversations`."""

    outcome: Admissible
    door: Door
    new_customer_id: UUID
    tokens: Callable[[UUID], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """The answer to the sender. `kept` news waits for the contact that it speaks of."""

    contact_id: UUID | None = None
    conversation_id: UUID | None = None
    parked: str | None = None
    repeat: bool = False
    events: tuple[IngestEvent, ...] = ()


def admit(view: View, applicant: Applicant, now: datetime) -> Admitted:
    """Reads and writes through `view`; raises `Unread` if that doesn't hold enough."""
    match applicant.outcome:
        case Arrival() as arrival:
            return _arrival(view, applicant, arrival, now)
        case Parked() as parked:
            return _parked(view, applicant, parked, now)
        case Updated() | Abandoned() | CallStateChanged() as news:
            return _news(view, applicant, news)
        case Receipt() as receipt:
            return Admitted(events=(ReceiptRecorded(receipt),))
        case other:
            assert_never(other)


def _arrival(view: View, applicant: Applicant, arrival: Arrival, now: datetime) -> Admitted:
    if arrival.is_empty:
        return _parked(view, applicant, Parked(arrival, ParkReason.EMPTY), now)
    if not arrival.sender.keys:
        return _parked(view, applicant, Parked(arrival, ParkReason.NO_SENDER), now)
    place = _place(view, arrival)
    if place.seen is not None:
        return _seen(view, applicant, arrival, place)
    customer, changed = people.find_or_create(view, arrival.sender, applicant.new_customer_id)
    contact_id = deduplication.contact_id(arrival)
    entering = conversations.Entering(arrival, applicant.door, customer, contact_id, now, applicant.tokens)
    conversation, is_new = conversations.find_or_open(view, entering)
    arrived = Arrived(contact_id, arrival.digest, now, conversation.conversation_id)
    view.put(arrived_subject(arrival.entry_point, place.message_id), arrived)
    language = arrival.language
    keywords = applicant.door.keywords
    received = ContactReceived(
        contact_id=contact_id,
        provider_message_id=place.message_id,
        arrival=arrival,
        door=applicant.door,
        conversation=conversation,
        customer=customer,
        is_new_conversation=is_new,
        received_at=now,
        language=language,
        triage=triage(arrival.reply_text or arrival.text, None if language is None else language.tag, keywords),
    )
    told = (CustomerChanged(customer),) if changed else ()
    early = _early(view, applicant, arrival, arrived)
    return Admitted(contact_id, conversation.conversation_id, events=(*told, received, *early))


@dataclass(frozen=True, slots=True)
class _Place:
    """Under which message id it is filed, and what is filed there."""

    message_id: str
    seen: Arrived | None


def _place(view: View, arrival: Arrival) -> _Place:
    """Anybody can write a Message-ID: other mail under a known one is filed beside it."""
    message_id = arrival.provider_message_id
    seen = view.get(arrived_subject(arrival.entry_point, message_id), Arrived)
    if seen is None or deduplication.judge(arrival, (seen.digest,)) is not Verdict.DISTINCT:
        return _Place(message_id, seen)
    beside = f"{message_id}#{arrival.digest[:16]}"
    return _Place(beside, view.get(arrived_subject(arrival.entry_point, beside), Arrived))


def _seen(view: View, applicant: Applicant, arrival: Arrival, place: _Place) -> Admitted:
    seen = place.seen
    if seen is None:
        raise ValueError("only for what was seen before")
    known = Admitted(seen.contact_id, seen.conversation_id, seen.parked, repeat=True)
    if seen.digest == arrival.digest or seen.conversation_id is None:
        return known
    view.put(arrived_subject(arrival.entry_point, place.message_id), replace(seen, digest=arrival.digest))
    update = ContactUpdated(seen.contact_id, seen.conversation_id, applicant.door, "edited", arrival.text)
    return replace(known, repeat=False, events=(update,))


def _parked(view: View, applicant: Applicant, parked: Parked, now: datetime) -> Admitted:
    arrival = parked.arrival
    place = _place(view, arrival)
    if place.seen is not None:
        return Admitted(place.seen.contact_id, place.seen.conversation_id, place.seen.parked, repeat=True)
    contact_id = deduplication.contact_id(arrival)
    reason = parked.reason.value
    arrived = Arrived(contact_id, arrival.digest, now, parked=reason)
    view.put(arrived_subject(arrival.entry_point, place.message_id), arrived)
    event = ContactParked(contact_id, place.message_id, parked, applicant.door, now)
    receipts = tuple(ReceiptRecorded(receipt) for receipt in bounce_receipts(parked))
    return Admitted(contact_id, parked=reason, events=(event, *receipts))


def _news(view: View, applicant: Applicant, news: Updated | Abandoned | CallStateChanged) -> Admitted:
    """News of a contact that hasn't arrived yet is kept until it does."""
    origin = news.of
    arrived = view.get(arrived_subject(origin.entry_point, origin.provider_message_id), Arrived)
    told = tell(news)
    if arrived is None:
        waiting = early_subject(origin.entry_point, origin.provider_message_id)
        kept = view.get(waiting, Early) or Early(())
        if told in kept.events:
            return Admitted(repeat=True)
        view.put(waiting, Early((*kept.events, told)))
        return Admitted(contact_id=deduplication.origin_contact_id(origin))
    return _followed(view, applicant, origin.entry_point, origin.provider_message_id, Followed(arrived, (told,)))


def _early(view: View, applicant: Applicant, arrival: Arrival, arrived: Arrived) -> tuple[IngestEvent, ...]:
    waiting = early_subject(arrival.entry_point, arrival.provider_message_id)
    kept = view.get(waiting, Early)
    if kept is None or not kept.events:
        return ()
    view.put(waiting, Early(()))
    followed = Followed(arrived, kept.events)
    return _followed(view, applicant, arrival.entry_point, arrival.provider_message_id, followed).events


def _followed(
    view: View, applicant: Applicant, entry_point: str, provider_message_id: str, followed: Followed
) -> Admitted:
    """Each piece of news counts once, however often the provider tells it."""
    arrived, events = follow(followed, applicant.door)
    known = Admitted(arrived.contact_id, arrived.conversation_id, arrived.parked, repeat=not events)
    if events:
        view.put(arrived_subject(entry_point, provider_message_id), arrived)
    return replace(known, events=events)
