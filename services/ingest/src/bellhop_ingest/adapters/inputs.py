"""What do records from topics mean to ingest?"""

from datetime import datetime
from typing import Final
from uuid import UUID

from bellhop_common.decision import Subject
from bellhop_common.events import chats, contacts, customers, desks, work
from bellhop_common.events.wire import HandleKind as WireHandleKind
from bellhop_common.kernel.delivery import Received
from bellhop_ingest.adapters.normalise import with_language
from bellhop_ingest.adapters.normalise.event import normalise_event
from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.domain import inputs
from bellhop_ingest.domain.admission import Applicant
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.chats import ChatHeard, ChatSaid, Said, chat_subject
from bellhop_ingest.domain.documents import (
    Consent,
    Customer,
    CustomerHandle,
    Door,
    ExternalId,
    Occasion,
    conversation_subject,
    customer_subject,
    handle_subject,
)
from bellhop_ingest.domain.outcomes import Refused
from bellhop_ingest.domain.reception import Reception
from bellhop_ingest.domain.triage import KeywordSet

# A profile says nothing of whose it is; the command does.
NOBODY: Final = UUID(int=0)


def translate(received: Received) -> inputs.IngestInput | None:
    body, at = received.body, received.appended_at
    match body:
        case contacts.ContactSubmitted():
            return submitted(received, body)
        case desks.DeskApplied():
            return desk(received.key.partition("/")[0], body)
        case work.WorkEvent():
            return _of_work(body, received.stamp.at or at)
        case chats.ChatMessage():
            said = Said(body.notice_id, body.author, body.text, received.stamp.at or at)
            return ChatSaid(body.conversation_id, said)
        case customers.CustomerCommand():
            return _of_customer(body, at)
        case _:
            return None


def _of_work(event: work.WorkEvent, at: datetime) -> inputs.WorkInput:
    """Every event of a sequence is translated: one left out would be a gap in it."""
    match event:
        case work.WorkResolved():
            return inputs.WorkResolved(event.conversation_id, at)
        case work.WorkReopened():
            return inputs.WorkReopened(event.conversation_id)
        case work.WorkReplied(visibility="public") if event.author.kind != "system":
            return inputs.WorkAnswered(event.conversation_id)
        case _:
            return inputs.WorkPassed(event.conversation_id)


def _of_customer(command: customers.CustomerCommand, at: datetime) -> inputs.CustomerInput | None:
    match command:
        case customers.CustomerUpsert():
            return inputs.CustomerUpserted(_ref(command), _profile(command.profile), _given(command.profile), at)
        case customers.CustomerFlag():
            return inputs.CustomerFlagged(_ref(command), command.flag, command.on)
        case customers.CustomerConsent():
            return inputs.CustomerConsented(_ref(command), _consent(command.consent))
        case customers.CustomerMarkAddress():
            return inputs.AddressMarked(_ref(command), _handle(command.handle))
        case _:
            return None


def subject_of(one: inputs.IngestInput) -> Subject:
    """What is held while an input of it waits for a person."""
    match one:
        case inputs.DeskLearned(desk=name):
            return Subject("desk-file", name)
        case inputs.WorkResolved() | inputs.WorkReopened() | inputs.WorkAnswered() | inputs.WorkPassed():
            return conversation_subject(one.conversation_id)
        case ChatSaid(conversation_id=found) | ChatHeard(conversation_id=found):
            return chat_subject(found)
        case inputs.Submitted(submission_id=name) | inputs.Unfit(submission_id=name):
            return Subject("submission", name)
        case Applicant():
            return Subject("arrival", "at the door")
        case command:
            return _subject_of(command.ref)


def _subject_of(ref: inputs.CustomerRef) -> Subject:
    if ref.customer_id is not None:
        return customer_subject(ref.customer_id)
    external = ref.external_id
    return handle_subject("" if external is None else f"external:{external.system}/{external.id}".casefold())


def submitted(received: Received, body: contacts.ContactSubmitted) -> inputs.Submitted | inputs.Unfit:
    """What the model can't say, such as that there is a customer at all, is checked like any other submission."""
    reception = Reception(body.entry_point, received.appended_at)
    record = f"{received.envelope.source}/{received.envelope.id}"
    outcome = with_language(normalise_event(Node(body.model_dump(mode="json")), reception))[0]
    match outcome:
        case Arrival():
            applicant = Applicant(outcome, received.appended_at)
            return inputs.Submitted(body.submission_id, record, received.envelope.source, applicant)
        case Refused(errors=errors):
            return inputs.Unfit(body.submission_id, record, errors)
        case other:
            raise TypeError(f"a submission became {type(other).__name__}")


def desk(name: str, body: desks.DeskApplied) -> inputs.DeskLearned:
    keywords = tuple(
        KeywordSet(flag, words, None if locale == "*" else locale)
        for flag, by_locale in body.keywords.items()
        for locale, words in by_locale.items()
    )
    doors = tuple(
        Door(
            name=one.name,
            channel=one.channel,
            desk=name,
            desk_version=body.version,
            address=one.address,
            reply_domain=one.reply_domain,
            secret=one.secret,
            locale=one.locale or body.locale,
            keywords=keywords,
            thread_window=body.life.thread_window,
            reopen_window=body.life.reopen_window,
        )
        for one in body.entry_points
    )
    publishers = tuple(inputs.Publisher(one.source, one.entry_points) for one in body.publishers)
    return inputs.DeskLearned(name, body.version, doors, publishers)


def _ref(command: customers.CustomerCommand) -> inputs.CustomerRef:
    external = command.external_id
    return inputs.CustomerRef(
        command.customer_id, None if external is None else ExternalId(external.system, external.id)
    )


def _given(profile: customers.CustomerProfile) -> frozenset[str]:
    return frozenset(profile.model_fields_set)


def _profile(profile: customers.CustomerProfile) -> Customer:
    plain = profile.model_dump(
        include={"kind", "name", "preferred_name", "salutation", "locale", "time_zone", "vip", "segment"}
    )
    return Customer(
        customer_id=NOBODY,
        **plain,
        preferred_channel=None if profile.preferred_channel is None else profile.preferred_channel.value,
        external_ids=tuple(ExternalId(one.system, one.id) for one in profile.external_ids),
        handles=tuple(_handle(one) for one in profile.handles),
        flags=profile.flags,
        consents=tuple(_consent(one) for one in profile.consents),
        occasions=tuple(Occasion(one.kind, one.month, one.day, one.year) for one in profile.occasions),
        do_not_contact=profile.do_not_contact,
        deceased=profile.deceased,
        legal_hold=profile.legal_hold,
    )


def upserted(customer_id: UUID, profile: customers.CustomerProfile, at: datetime) -> inputs.CustomerUpserted:
    return inputs.CustomerUpserted(inputs.CustomerRef(customer_id), _profile(profile), _given(profile), at)


def _handle(handle: customers.CustomerHandle) -> CustomerHandle:
    return CustomerHandle(WireHandleKind(handle.kind).value, handle.value, handle.verified, handle.state)


def _consent(consent: customers.Consent) -> Consent:
    channel = None if consent.channel is None else consent.channel.value
    return Consent(consent.class_, channel, consent.at, consent.proof)
