"""Which documents does each input touch, and how are notices and their timers named?"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from bellhop_common.decision import CallEnded, Subject, TimerDue
from bellhop_common.ids import natural_id
from bellhop_notifier.domain import inputs
from bellhop_notifier.domain.inputs import Input, Place
from bellhop_notifier.domain.notice import Kind, Notice

DESK_FILES = Subject("desk-files", "all")
TIMER_KIND = "notice-due"

ABOUT_CONVERSATIONS = frozenset({Kind.ACKNOWLEDGEMENT, Kind.THANK_YOU, Kind.FOLLOW_UP})
AFTER_RESOLUTION = (Kind.THANK_YOU, Kind.FOLLOW_UP)


def notice_key(kind: Kind, *natural: object) -> str:
    return "/".join([kind.value, *(str(part) for part in natural)])


def by_mail(key: str) -> str:
    """Of the notice that follows one which nobody was there to read."""
    return f"{key}/mail"


def notice_id(key: str) -> UUID:
    return natural_id("notice", key)


def notice_subject(key: str) -> Subject:
    return notice_subject_of(notice_id(key))


def notice_subject_of(known_id: UUID) -> Subject:
    return Subject("notice", str(known_id))


def conversation_subject(conversation_id: UUID) -> Subject:
    return Subject("conversation", str(conversation_id))


def customer_subject(customer_id: UUID) -> Subject:
    return Subject("customer", str(customer_id))


def sent_subject(provider_message_id: str) -> Subject:
    """Message-IDs are compared without angle brackets and case."""
    return Subject("sent", provider_message_id.strip().strip("<>").lower())


@dataclass(frozen=True, slots=True)
class Pointer:
    """A timer's subject names all that has to be read when it fires, since nothing else can say so then."""

    key: str
    customer_id: UUID | None

    def subject(self) -> Subject:
        return Subject(TIMER_KIND, f"{self.key}@{self.customer_id or ''}")

    @property
    def kind(self) -> Kind:
        return Kind(self.key.partition("/")[0])

    @property
    def conversation_id(self) -> UUID | None:
        return UUID(self.key.split("/")[1]) if self.kind in ABOUT_CONVERSATIONS else None

    @property
    def number(self) -> int:
        """The cycle, or a greeting's year."""
        return int(self.key.rpartition("/")[2])


def pointer_to(notice: Notice) -> Pointer:
    return Pointer(notice.key, notice.customer_id)


def read_pointer(subject: Subject) -> Pointer:
    key, _, customer = subject.id.partition("@")
    return Pointer(key, UUID(customer) if customer else None)


def reads(_input: Input) -> Iterable[Subject]:
    """Looked at without a lock."""
    return (DESK_FILES,)


def subjects(happened: Input) -> Iterable[Subject]:
    """Everything that deciding on this input may change."""
    match happened:
        case TimerDue():
            return _of_pointer(read_pointer(happened.subject))
        case inputs.DeskChanged():
            return (DESK_FILES,)
        case CallEnded() | inputs.Receipt() | inputs.NoticeRequested() | inputs.CancelRequested():
            return _of_notice(happened)
        case inputs.CustomerChanged() | inputs.CustomerGone() | inputs.Unsubscribed():
            return _of_customer(happened)
        case inputs.ContactArrived() | inputs.ResponseDue() | inputs.Ignored():
            return _of_conversation(happened)
        case _:
            return _of_work(happened)


def _of_conversation(news: inputs.AboutConversation) -> Iterable[Subject]:
    match news:
        case inputs.ContactArrived():
            return (conversation_subject(news.conversation_id), customer_subject(news.customer_id))
        case inputs.ResponseDue():
            key = notice_key(Kind.ACKNOWLEDGEMENT, news.conversation_id, news.cycle)
            return (conversation_subject(news.conversation_id), notice_subject(key))
        case inputs.Ignored():
            return ()


def _of_work(news: inputs.AboutWork) -> Iterable[Subject]:
    match news:
        case inputs.Replied():
            known_id = notice_id(notice_key(Kind.REPLY, news.reply_id))
            # In a live chat the reply is sent right here, and its id is our own.
            return (*_of_place(news.place), notice_subject_of(known_id), sent_subject(str(known_id)))
        case inputs.WorkQueued():
            key = notice_key(Kind.ACKNOWLEDGEMENT, news.place.conversation_id, news.place.cycle)
            return (*_of_place(news.place), notice_subject(key), *_after_resolution(news.place))
        case _:
            return (*_of_place(news.place), *_after_resolution(news.place))


def _of_place(place: Place) -> Iterable[Subject]:
    people = () if place.customer_id is None else (customer_subject(place.customer_id),)
    return (conversation_subject(place.conversation_id), *people)


def _after_resolution(place: Place) -> Iterable[Subject]:
    """Of this cycle and the one before, which a reopening ends."""
    return [
        notice_subject(notice_key(kind, place.conversation_id, cycle))
        for kind in AFTER_RESOLUTION
        for cycle in (place.cycle - 1, place.cycle)
    ]


def _of_pointer(pointer: Pointer) -> Iterable[Subject]:
    found = [notice_subject(pointer.key)]
    if pointer.conversation_id is not None:
        found.append(conversation_subject(pointer.conversation_id))
    if pointer.customer_id is not None:
        found.append(customer_subject(pointer.customer_id))
    if pointer.kind is Kind.REPLY:
        found += [sent_subject(str(notice_id(pointer.key))), notice_subject(by_mail(pointer.key))]
    return found


def _of_notice(news: inputs.AboutNotice) -> Iterable[Subject]:
    match news:
        case CallEnded():
            message_id = news.detail.get("provider_message_id")
            return (news.subject, sent_subject(str(message_id))) if message_id else (news.subject,)
        case inputs.Receipt():
            return (sent_subject(news.provider_message_id),)
        case inputs.CancelRequested():
            return (notice_subject_of(news.notice_id),)
        case inputs.NoticeRequested():
            notice = notice_subject(notice_key(Kind.MESSAGE, natural_id(news.command_id)))
            people = (Subject("customer", news.recipient.id),) if news.recipient.kind == "customer" else ()
            return (notice, *people)


def _of_customer(news: inputs.AboutCustomer) -> Iterable[Subject]:
    into = news.profile.merged_into if isinstance(news, inputs.CustomerChanged) else None
    merged = () if into is None else (customer_subject(into),)
    return (customer_subject(news.customer_id), *merged)
