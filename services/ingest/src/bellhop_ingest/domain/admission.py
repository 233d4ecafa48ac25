"""What becomes of one arrival, given what is known? A contact, a repeat, an update or parked, with its events."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never
from uuid import UUID

from bellhop_common.decision import Subject
from bellhop_common.ids import time_ordered_id
from bellhop_ingest.domain import conversations, deduplication, people, waiting
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.channels import Channel
from bellhop_ingest.domain.deduplication import Verdict
from bellhop_ingest.domain.documents import (
    Arrived,
    Conversation,
    Door,
    Early,
    Thread,
    arrived_subject,
    conversation_subject,
    early_subject,
    handle_subject,
    message_thread,
    provider_thread,
)
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
from bellhop_ingest.domain.triage import Triage, triage
from bellhop_ingest.domain.view import View

# With the digest behind it an id stays within what an event may carry.
LONGEST_BESIDE: Final = 480

Admissible = Arrival | Parked | Updated | Abandoned | CallStateChanged | Receipt


@dataclass(frozen=True, slots=True)
class Applicant:
    """`arrived_at` is when it reached us by the process's clock; it only goes into the id of a new customer."""

    outcome: Admissible
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where it came in; `tokens` as in `conversations`."""

    door: Door
    tokens: Callable[[UUID], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """The answer to the sender. `kept` news waits for the contact that it speaks of."""

    contact_id: UUID | None = None
    conversation_id: UUID | None = None
    parked: str | None = None
    repeat: bool = False
    events: tuple[IngestEvent, ...] = ()


def admit(view: View, applicant: Applicant, place: Place, now: datetime) -> Admitted:
    """Reads and writes through `view`; raises `Unread` if that doesn't hold enough."""
    match applicant.outcome:
        case Arrival() as arrival:
            return _arrival(view, _Entry(applicant, place, now), arrival)
        case Parked() as parked:
            return _parked(view, _Entry(applicant, place, now), parked)
        case Abandoned() as gone if gone.of.channel is Channel.CHAT:
            return _chat_left(view, _Entry(applicant, place, now), gone)
        case Updated() | Abandoned() | CallStateChanged() as news:
            return _news(view, place.door, news)
        case Receipt() as receipt:
            return Admitted(events=(ReceiptRecorded(receipt),))
        case other:
            assert_never(other)


@dataclass(frozen=True, slots=True)
class _Entry:
    applicant: Applicant
    place: Place
    now: datetime

    @property
    def door(self) -> Door:
        return self.place.door


def _arrival(view: View, entry: _Entry, arrival: Arrival) -> Admitted:
    if arrival.is_empty:
        return _parked(view, entry, Parked(arrival, ParkReason.EMPTY))
    if not arrival.sender.keys:
        return _parked(view, entry, Parked(arrival, ParkReason.NO_SENDER))
    view.need(_named(arrival))
    file = _file(view, arrival)
    if file.seen is not None:
        return _seen(view, entry.door, arrival, file.message_id, file.seen)
    contact_id = deduplication.contact_id(arrival)
    new_customer = time_ordered_id(entry.applicant.arrived_at, "customer", str(contact_id))
    customer, changed = people.find_or_create(view, arrival.sender, new_customer)
    entering = conversations.Entering(arrival, entry.door, customer, contact_id, entry.now, entry.place.tokens)
    conversation, is_new = conversations.find_or_open(view, entering)
    arrived = Arrived(contact_id, arrival.digest, entry.now, conversation.conversation_id)
    view.put(arrived_subject(arrival.entry_point, file.message_id), arrived)
    received = ContactReceived(
        contact_id=contact_id,
        provider_message_id=file.message_id,
        arrival=arrival,
        door=entry.door,
        conversation=conversation,
        customer=customer,
        is_new_conversation=is_new,
        received_at=entry.now,
        triage=_facts(arrival, entry.door),
    )
    told = (CustomerChanged(customer),) if changed else ()
    early = _early(view, entry.door, arrival, arrived)
    return Admitted(contact_id, conversation.conversation_id, events=(*told, received, *early))


def _named(arrival: Arrival) -> Iterable[Subject]:
    """All that it names by itself, so that one look finds it; the rest depends on what is found."""
    name, thread = arrival.entry_point, arrival.thread
    yield arrived_subject(name, arrival.provider_message_id)
    yield early_subject(name, arrival.provider_message_id)
    yield from map(handle_subject, arrival.sender.keys)
    yield from conversations.leads(arrival)
    if thread.message_id:
        yield message_thread(name, thread.message_id)


def _facts(arrival: Arrival, door: Door) -> Triage:
    language = None if arrival.language is None else arrival.language.tag
    return triage(f"{arrival.subject or ''}\n{arrival.reply_text or arrival.text}", language, door.keywords)


@dataclass(frozen=True, slots=True)
class _File:
    """Under which message id it is filed, and what is filed there."""

    message_id: str
    seen: Arrived | None


def _file(view: View, arrival: Arrival) -> _File:
    """Anybody can write a Message-ID: other mail under a known one is filed beside it."""
    message_id = arrival.provider_message_id
    seen = view.get(arrived_subject(arrival.entry_point, message_id), Arrived)
    if seen is None or deduplication.judge(arrival, (seen.digest,)) is not Verdict.DISTINCT:
        return _File(message_id, seen)
    beside = f"{message_id[:LONGEST_BESIDE]}#{arrival.digest[:16]}"
    return _File(beside, view.get(arrived_subject(arrival.entry_point, beside), Arrived))


def _seen(view: View, door: Door, arrival: Arrival, message_id: str, seen: Arrived) -> Admitted:
    known = Admitted(seen.contact_id, seen.conversation_id, seen.parked, repeat=True)
    if seen.digest == arrival.digest or seen.conversation_id is None:
        return known
    view.put(arrived_subject(arrival.entry_point, message_id), replace(seen, digest=arrival.digest))
    update = ContactUpdated(seen.contact_id, seen.conversation_id, door, "edited", arrival.text)
    return replace(known, repeat=False, events=(update,))


def _parked(view: View, entry: _Entry, parked: Parked) -> Admitted:
    arrival = parked.arrival
    file = _file(view, arrival)
    if file.seen is not None:
        return Admitted(file.seen.contact_id, file.seen.conversation_id, file.seen.parked, repeat=True)
    contact_id = deduplication.contact_id(arrival)
    reason = parked.reason.value
    arrived = Arrived(contact_id, arrival.digest, entry.now, parked=reason)
    view.put(arrived_subject(arrival.entry_point, file.message_id), arrived)
    event = ContactParked(contact_id, file.message_id, parked, entry.door, entry.now)
    receipts = tuple(ReceiptRecorded(receipt) for receipt in bounce_receipts(parked))
    return Admitted(contact_id, parked=reason, events=(event, *receipts))


def _chat_left(view: View, entry: _Entry, gone: Abandoned) -> Admitted:
    """A chat is left as a whole, so it is named by its session. Without a message there was none."""
    thread = view.get(provider_thread(gone.of.entry_point, gone.of.provider_message_id), Thread)
    if thread is None:
        return Admitted(repeat=True)
    subject = conversation_subject(thread.conversation_id)
    before = view.get(subject, Conversation)
    if before is None:
        return Admitted(repeat=True)
    after, event = waiting.left(before, waiting.Departure(entry.door, gone.stage.value, entry.now))
    if event is None:
        return Admitted(conversation_id=before.conversation_id, repeat=True)
    view.put(subject, after)
    return Admitted(event.contact_id, event.conversation_id, events=(event,))


def _news(view: View, door: Door, news: Updated | Abandoned | CallStateChanged) -> Admitted:
    """News of a contact that hasn't arrived yet is kept until it does."""
    origin = news.of
    filed = arrived_subject(origin.entry_point, origin.provider_message_id)
    arrived = view.get(filed, Arrived)
    told = tell(news)
    if arrived is not None:
        return _followed(view, filed, Followed(arrived, (told,)), door)
    waiting = early_subject(origin.entry_point, origin.provider_message_id)
    kept = view.get(waiting, Early) or Early(())
    if told in kept.events:
        return Admitted(repeat=True)
    view.put(waiting, Early((*kept.events, told)))
    return Admitted(contact_id=deduplication.origin_contact_id(origin))


def _early(view: View, door: Door, arrival: Arrival, arrived: Arrived) -> tuple[IngestEvent, ...]:
    waiting = early_subject(arrival.entry_point, arrival.provider_message_id)
    kept = view.get(waiting, Early)
    if kept is None or not kept.events:
        return ()
    view.put(waiting, Early(()))
    filed = arrived_subject(arrival.entry_point, arrival.provider_message_id)
    return _followed(view, filed, Followed(arrived, kept.events), door).events


def _followed(view: View, filed: Subject, followed: Followed, door: Door) -> Admitted:
    """Each piece of news counts once, however often the provider tells it."""
    arrived, events = follow(followed, door)
    known = Admitted(arrived.contact_id, arrived.conversation_id, arrived.parked, repeat=not events)
    if events:
        view.put(filed, arrived)
    return replace(known, events=events)
