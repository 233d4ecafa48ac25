"""What follows from each thing that ingest is told? One dispatch over all inputs; reads say what they lack."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from bellhop_common.decision import CallEnded, Decision, MissingReference, Subject, TimerDue
from bellhop_ingest.domain import customers, waiting
from bellhop_ingest.domain.admission import Applicant, Place, admit
from bellhop_ingest.domain.chats import ChatHeard, ChatLog, ChatSaid, chat_subject, delivered, hear, say
from bellhop_ingest.domain.documents import Conversation, conversation_subject
from bellhop_ingest.domain.events import (
    CustomerChanged,
    IngestEvent,
    ReceiptRecorded,
    SubmissionAccepted,
    SubmissionRefused,
)
from bellhop_ingest.domain.inputs import (
    AddressMarked,
    CustomerConsented,
    CustomerFlagged,
    CustomerUpserted,
    DeskDoors,
    DeskLearned,
    IngestInput,
    Submitted,
    Unfit,
    WorkAnswered,
    WorkInput,
    WorkPassed,
    WorkReopened,
    WorkResolved,
)
from bellhop_ingest.domain.outcomes import FieldError
from bellhop_ingest.domain.places import Places, entry_point_of
from bellhop_ingest.domain.view import DocumentMap, Unread, View

Happening = IngestInput | TimerDue | CallEnded


@dataclass(frozen=True, slots=True)
class IngestState:
    """`known` are the subjects that were read under lock, whether or not they have a document."""

    documents: DocumentMap
    known: frozenset[Subject]
    places: Places


class NoDesk(Exception):
    """No desk was applied yet, so nobody knows where anything belongs."""


def decide(
    state: IngestState, happening: Happening, now: datetime
) -> Decision[IngestState, IngestEvent] | MissingReference:
    view = View(state.documents, state.known)
    try:
        events = take(view, state.places, happening, now)
    except Unread as unread:
        return MissingReference("changed", min(subject.id for subject in unread.subjects))
    except customers.UnknownCustomer as unknown:
        return MissingReference("customer", unknown.name)
    except NoDesk:
        return MissingReference("desk", "any")
    return Decision(replace(state, documents=view.documents), events)


def take(view: View, places: Places, happening: Happening, now: datetime) -> tuple[IngestEvent, ...]:
    """As `decide`, on a view that may lack something: then it raises `Unread`."""
    match happening:
        case Applicant():
            return admit(view, happening, _place(places, happening), now).events
        case Submitted():
            return _submission(view, places, happening, now)
        case Unfit(submission_id=submission_id, record=record, errors=errors):
            return (SubmissionRefused(submission_id, record, errors),)
        case DeskLearned():
            return _learn(view, happening)
        case WorkResolved() | WorkReopened() | WorkAnswered() | WorkPassed():
            return _work(view, happening)
        case CustomerUpserted() | CustomerFlagged() | CustomerConsented() | AddressMarked():
            changed = customers.change(view, happening)
            return () if changed is None else (CustomerChanged(changed),)
        case ChatSaid() | ChatHeard():
            return _chat(view, happening, now)
        case TimerDue() | CallEnded():
            return ()
        case other:
            assert_never(other)


def _place(places: Places, applicant: Applicant) -> Place:
    place = places.find(entry_point_of(applicant.outcome))
    if place is None:
        raise NoDesk
    return place


def _submission(view: View, places: Places, submitted: Submitted, now: datetime) -> tuple[IngestEvent, ...]:
    if places.is_empty:
        raise NoDesk
    outcome = submitted.applicant.outcome
    wanted = entry_point_of(outcome)
    place = places.find(wanted)
    if place is None:
        return (_refuse(submitted, "entry_point", wanted, "an entry point of a desk"),)
    if not places.may_publish(submitted.source, wanted):
        return (_refuse(submitted, "ce_source", submitted.source, f"a source that may publish to {wanted}"),)
    admitted = admit(view, submitted.applicant, place, now)
    if admitted.contact_id is None:
        return admitted.events
    accepted = SubmissionAccepted(
        submitted.submission_id, submitted.record, admitted.contact_id, admitted.conversation_id, admitted.parked
    )
    return (*admitted.events, accepted)


def _refuse(submitted: Submitted, path: str, got: str, expected: str) -> SubmissionRefused:
    return SubmissionRefused(submitted.submission_id, submitted.record, (FieldError(path, got, expected),))


def _learn(view: View, learned: DeskLearned) -> tuple[IngestEvent, ...]:
    subject = desk_subject(learned.desk)
    before = view.get(subject, DeskDoors)
    if before is None or before.version < learned.version:
        view.put(subject, DeskDoors(learned.version, learned.doors, learned.publishers))
    return ()


def _work(view: View, news: WorkInput) -> tuple[IngestEvent, ...]:
    """Work that no contact started has no conversation here."""
    if isinstance(news, WorkPassed):
        return ()
    subject = conversation_subject(news.conversation_id)
    before = view.get(subject, Conversation)
    if before is not None:
        view.put(subject, _after_work(before, news))
    return ()


def _after_work(before: Conversation, news: WorkResolved | WorkReopened | WorkAnswered) -> Conversation:
    match news:
        case WorkResolved(at=at):
            return replace(before, resolved_at=at)
        case WorkReopened():
            return replace(before, resolved_at=None)
        case WorkAnswered():
            return waiting.answered(before)
        case other:
            assert_never(other)


def _chat(view: View, happening: ChatSaid | ChatHeard, now: datetime) -> tuple[IngestEvent, ...]:
    subject = chat_subject(happening.conversation_id)
    before = view.get(subject, ChatLog) or ChatLog()
    if isinstance(happening, ChatSaid):
        notice_id, logged = happening.said.notice_id, say(before, happening.said, now)
    else:
        notice_id, logged = happening.notice_id, hear(before, happening.notice_id, now)
    view.put(subject, logged.log)
    conversation = view.get(conversation_subject(happening.conversation_id), Conversation)
    if not logged.heard or conversation is None:
        return ()
    return (ReceiptRecorded(delivered(conversation.entry_point, notice_id, now)),)


def desk_subject(desk: str) -> Subject:
    return Subject("desk-file", desk)
