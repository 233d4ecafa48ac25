"""What can happen that the notifier cares about? Each kind of news as a plain value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from bellhop_common.decision import CallEnded, TimerDue
from bellhop_notifier.domain.conversations import Route
from bellhop_notifier.domain.customers import Profile
from bellhop_notifier.domain.desks import Desk
from bellhop_notifier.domain.notice import Recipient


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the desk's work something happened; `desk_version` is the file it was decided under."""

    desk: str
    desk_version: int
    conversation_id: UUID
    customer_id: UUID | None
    cycle: int


@dataclass(frozen=True, slots=True)
class ContactArrived:
    desk: str
    contact_id: UUID
    conversation_id: UUID
    customer_id: UUID
    reference: str
    route: Route
    customer_name: str = ""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class WorkQueued:
    """`from_contact` is false for work that somebody of ours opened: nobody waits for an acknowledgement."""

    place: Place
    reference: str
    channel: str
    from_contact: bool
    route: Route | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Replied:
    """`route` is that of the contact which opened the work; the customer may have written again since."""

    place: Place
    reply_id: UUID
    text: str
    language: str | None = None
    by_person: bool = True
    author: str = ""
    cc: tuple[str, ...] = ()
    attachments: int = 0
    in_reply_to: UUID | None = None
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class WorkClosed:
    """`resolved` is false where the customer left."""

    place: Place
    resolved: bool


@dataclass(frozen=True, slots=True)
class Reopened:
    place: Place


@dataclass(frozen=True, slots=True)
class ThreatReported:
    place: Place


@dataclass(frozen=True, slots=True)
class ResponseDue:
    """The first-response clock of a cycle has started, or moved."""

    desk: str
    conversation_id: UUID
    cycle: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Ignored:
    """Changes nothing here, but counts in the sequence of its key."""

    desk: str
    key: str


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    customer_id: UUID
    version: int
    profile: Profile


@dataclass(frozen=True, slots=True)
class CustomerGone:
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class DeskChanged:
    desk: Desk


@dataclass(frozen=True, slots=True)
class Receipt:
    provider_message_id: str
    state: Literal["delivered", "bounced"]
    permanent: bool
    error_class: str


@dataclass(frozen=True, slots=True)
class NoticeRequested:
    command_id: str
    desk: str
    recipient: Recipient
    text: str
    subject: str | None = None
    send_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CancelRequested:
    notice_id: UUID


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    customer_id: UUID
    class_: str


AboutWork: TypeAlias = WorkQueued | Replied | WorkClosed | Reopened | ThreatReported
AboutConversation: TypeAlias = ContactArrived | ResponseDue | Ignored
AboutCustomer: TypeAlias = CustomerChanged | CustomerGone | Unsubscribed
AboutNotice: TypeAlias = Receipt | NoticeRequested | CancelRequested | CallEnded
News: TypeAlias = (
    AboutWork | AboutConversation | AboutCustomer | Receipt | NoticeRequested | CancelRequested | DeskChanged
)
Input: TypeAlias = News | TimerDue | CallEnded
