"""How does the life of a notice go? Scheduled, perhaps deferred, then exactly one end; receipts only after sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Kind(StrEnum):
    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    THANK_YOU = "thank-you"
    FOLLOW_UP = "follow-up"
    BIRTHDAY = "birthday"
    MESSAGE = "message"


class NoticeClass(StrEnum):
    TRANSACTIONAL = "transactional"
    OPERATIONAL = "operational"
    RELATIONSHIP = "relationship"


CLASSES: Mapping[Kind, NoticeClass] = {
    Kind.ACKNOWLEDGEMENT: NoticeClass.TRANSACTIONAL,
    Kind.REPLY: NoticeClass.TRANSACTIONAL,
    Kind.THANK_YOU: NoticeClass.RELATIONSHIP,
    Kind.FOLLOW_UP: NoticeClass.RELATIONSHIP,
    Kind.BIRTHDAY: NoticeClass.RELATIONSHIP,
    Kind.MESSAGE: NoticeClass.OPERATIONAL,
}


class Life(StrEnum):
    SCHEDULED = "scheduled"
    DEFERRED = "deferred"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


WAITING = frozenset({Life.SCHEDULED, Life.DEFERRED})
ENDED = frozenset({Life.SENT, Life.FAILED, Life.SUPPRESSED, Life.EXPIRED, Life.CANCELLED})


class Reason(StrEnum):
    """Why a notice was put off, or never left."""

    NO_ROUTE = "no-route"
    REPLY_WINDOW = "reply-window"
    ATTACHMENTS = "attachments"
    DISABLED = "disabled"
    ERASED = "erased"
    DECEASED = "deceased"
    DO_NOT_CONTACT = "do-not-contact"
    OPTED_OUT = "opted-out"
    THREAT = "threat"
    OPEN_CASE = "open-case"
    SUPERSEDED = "superseded"
    REOPENED = "reopened"
    REQUESTED = "requested"
    QUIET_HOURS = "quiet-hours"
    TOO_LATE = "too-late"
    IN_DOUBT = "in-doubt"


@dataclass(frozen=True, slots=True)
class Recipient:
    kind: Literal["customer", "agent", "address", "audience"]
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`key` is the natural key that `notice_id` is made of. `variables` are forgotten once it has ended."""

    notice_id: UUID
    key: str
    kind: Kind
    recipient: Recipient
    customer_id: UUID | None = None
    desk: str
    desk_version: int
    conversation_id: UUID | None = None
    cycle: int | None = None
    reply_id: UUID | None = None
    occasion: str | None = None
    template: str
    locale: str
    channel: str = "email"
    address: str | None = None
    due_at: datetime
    expires_at: datetime | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    life: Life = Life.SCHEDULED
    reason: str | None = None
    until: datetime | None = None
    in_doubt: bool = False
    provider: str | None = None
    provider_message_id: str | None = None

    @property
    def class_(self) -> NoticeClass:
        return CLASSES[self.kind]

    @property
    def is_waiting(self) -> bool:
        return self.life in WAITING

    @property
    def has_ended(self) -> bool:
        return self.life in ENDED


class Fact(StrEnum):
    """What `notice.v1` says of a notice."""

    SCHEDULED = "scheduled"
    DEFERRED = "deferred"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class NoticeEvent:
    """`fact` happened to `notice`, which is as it was right afterwards."""

    fact: Fact
    notice: Notice
    permanent: bool = False
    error_class: str = ""


Step = tuple[Notice, tuple[NoticeEvent, ...]]


def schedule(notice: Notice) -> Step:
    return _told(notice, Fact.SCHEDULED)


def defer(notice: Notice, until: datetime, reason: Reason) -> Step:
    """Nothing is told where it is put off to the same moment for the same reason once more."""
    if not notice.is_waiting or (notice.life is Life.DEFERRED and (notice.until, notice.reason) == (until, reason)):
        return notice, ()
    return _told(replace(notice, life=Life.DEFERRED, until=until, reason=reason.value), Fact.DEFERRED)


def begin_sending(notice: Notice) -> Notice:
    """From here only the outcome of the call ends it."""
    return replace(notice, life=Life.SENDING, until=None, reason=None) if notice.is_waiting else notice


def suppress(notice: Notice, reason: Reason) -> Step:
    return _end_waiting(notice, Life.SUPPRESSED, reason.value)


def expire(notice: Notice) -> Step:
    return _end_waiting(notice, Life.EXPIRED, Reason.TOO_LATE.value)


def cancel(notice: Notice, reason: Reason) -> Step:
    return _end_waiting(notice, Life.CANCELLED, reason.value)


def refuse(notice: Notice, reason: Reason) -> Step:
    """It can't be sent, and nobody was called."""
    return _end_waiting(notice, Life.FAILED, reason.value)


@dataclass(frozen=True, slots=True)
class Sent:
    provider: str
    provider_message_id: str
    in_doubt: bool = False


def sent(notice: Notice, outcome: Sent) -> Step:
    """`in_doubt`: an earlier attempt may have reached the recipient as well."""
    known = replace(
        notice,
        provider=outcome.provider,
        provider_message_id=outcome.provider_message_id,
        in_doubt=outcome.in_doubt,
    )
    return _end(known, Life.SENT, None) if notice.life is Life.SENDING else (notice, ())


def failed(notice: Notice, error_class: str, *, in_doubt: bool) -> Step:
    if notice.life is not Life.SENDING:
        return notice, ()
    return _end(replace(notice, in_doubt=in_doubt), Life.FAILED, error_class)


def gave_up(notice: Notice) -> Step:
    """Its time went by while providers were asked, all of which said no."""
    return _end(notice, Life.EXPIRED, Reason.TOO_LATE.value) if notice.life is Life.SENDING else (notice, ())


def _end_waiting(notice: Notice, life: Life, reason: str) -> Step:
    return _end(notice, life, reason) if notice.is_waiting else (notice, ())


def _end(notice: Notice, life: Life, reason: str | None) -> Step:
    over = replace(notice, life=life, reason=reason, until=None, variables={})
    return _told(over, Fact(life.value))


def _told(notice: Notice, fact: Fact) -> Step:
    return notice, (NoticeEvent(fact, notice),)
