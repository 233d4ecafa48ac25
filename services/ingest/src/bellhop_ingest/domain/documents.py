"""What does ingest remember? Customers and their handles, conversations and the ways to them, arrivals seen."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bellhop_common.decision import Subject
from bellhop_ingest.domain.triage import KeywordSet

# An index of PostgreSQL holds 2,704 bytes.
LONGEST_NAME: Final = 2_200


@dataclass(frozen=True, slots=True)
class CustomerHandle:
    kind: str
    value: str
    verified: bool = False
    state: str = "good"


@dataclass(frozen=True, slots=True)
class ExternalId:
    system: str
    id: str


@dataclass(frozen=True, slots=True)
class Occasion:
    kind: str
    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    class_: str
    channel: str | None
    at: datetime
    proof: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Field for field what `customer.state` says."""

    customer_id: UUID
    version: int = 0
    status: str = "active"
    merged_into: UUID | None = None
    kind: str = "external"
    external_ids: tuple[ExternalId, ...] = ()
    handles: tuple[CustomerHandle, ...] = ()
    name: str | None = None
    preferred_name: str | None = None
    salutation: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    preferred_channel: str | None = None
    vip: bool = False
    segment: str | None = None
    flags: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    do_not_contact: bool = False
    deceased: bool = False
    legal_hold: str | None = None


@dataclass(frozen=True, slots=True)
class HandleOwner:
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Conversation:
    """`participants` are the handles (`kind:value`) that may write into it.

    `waiting_since` is when the customer began to wait for a first answer, None while nobody does; `answered` says
    that they had one since the conversation began, or was taken up again.
    """

    conversation_id: UUID
    desk: str
    entry_point: str
    channel: str
    customer_id: UUID
    reference: str
    subject: str
    opened_at: datetime
    last_contact_at: datetime
    participants: frozenset[str] = frozenset()
    resolved_at: datetime | None = None
    merged_into: UUID | None = None
    waiting_since: datetime | None = None
    answered: bool = False
    latest_contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Something by which a conversation is found again: a Message-ID, a token, a provider's thread, "the latest"."""

    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class Arrived:
    """The dedupe row: what was made of (entry point, provider message id).

    `digest` tells an edit from a repeat; `told` are the updates, hang-ups and call states passed on.
    """

    contact_id: UUID
    digest: str
    received_at: datetime
    conversation_id: UUID | None = None
    parked: str | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """An entry point as its desk's file describes it.

    `thread_window`: how long a conversation is taken up again without other proof; `reopen_window`: how long
    after its resolution it is taken up at all.
    """

    name: str
    channel: str
    desk: str
    desk_version: int
    address: str | None = None
    reply_domain: str | None = None
    secret: str | None = None
    locale: str | None = None
    keywords: tuple[KeywordSet, ...] = ()
    thread_window: timedelta = timedelta(days=3)
    reopen_window: timedelta = timedelta(days=7)


def _named(name: str) -> str:
    """A longer one than an index can hold goes by its digest; others may say anything of themselves."""
    raw = name.encode("utf-8", "surrogatepass")
    return name if len(raw) <= LONGEST_NAME else f"{name[:64]}#{hashlib.sha256(raw).hexdigest()}"


def customer_subject(customer_id: UUID) -> Subject:
    return Subject("customer", str(customer_id))


def conversation_subject(conversation_id: UUID) -> Subject:
    return Subject("conversation", str(conversation_id))


def handle_subject(key: str) -> Subject:
    """`key` as `Handle.key` has it, `kind:value`, or `external:system/id`."""
    return Subject("handle", _named(key))


@dataclass(frozen=True, slots=True)
class Early:
    """Updates, hang-ups and call states that came before the contact they speak of."""

    events: tuple["EarlyNews", ...]


@dataclass(frozen=True, slots=True)
class EarlyNews:
    """`kind` is `updated`, `abandoned` or `call-state`; `what` its change, stage or state."""

    kind: str
    what: str
    occurred_at: datetime
    waited_ms: int = 0
    short: bool = False
    text: str | None = None


def early_subject(entry_point: str, provider_message_id: str) -> Subject:
    return Subject("early", _named(f"{entry_point}/{provider_message_id}"))


def arrived_subject(entry_point: str, provider_message_id: str) -> Subject:
    return Subject("arrival", _named(f"{entry_point}/{provider_message_id}"))


def message_thread(entry_point: str, message_id: str) -> Subject:
    return Subject("thread", _named(f"message/{entry_point}/{message_id}"))


def provider_thread(entry_point: str, thread: str) -> Subject:
    return Subject("thread", _named(f"provider/{entry_point}/{thread}"))


def token_thread(token: str) -> Subject:
    return Subject("thread", f"token/{token}")


def latest_thread(entry_point: str, channel: str, customer_id: UUID) -> Subject:
    return Subject("thread", f"latest/{entry_point}/{channel}/{customer_id}")
