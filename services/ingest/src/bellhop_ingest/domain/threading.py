"""To which conversation does an arrival belong? The first proof that holds, and only for those who take part in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bellhop_ingest.domain.arrival import Arrival


class Proof(StrEnum):
    PROVIDER_THREAD = "provider-thread"
    TOKEN = "token"  # noqa: S105 - the name of a proof, not a secret
    REFERENCE = "reference"
    LATEST_OPEN = "latest-open"


@dataclass(frozen=True, slots=True)
class Conversation:
    """`participants` are handle keys (`email:ana@example.com`) of everybody who may write into it."""

    conversation_id: UUID
    participants: frozenset[str]
    last_at: datetime
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has under the arrival's own keys; `latest_open` is this customer's on this entry point."""

    by_provider_thread: Mapping[str, Conversation] = field(default_factory=dict)
    by_token: Mapping[str, Conversation] = field(default_factory=dict)
    by_message_id: Mapping[str, Conversation] = field(default_factory=dict)
    latest_open: Conversation | None = None


@dataclass(frozen=True, slots=True)
class Joins:
    conversation_id: UUID
    proof: Proof


@dataclass(frozen=True, slots=True)
class Begins:
    """A new conversation, and why no known one would do."""

    reason: str


def choose(arrival: Arrival, known: Known, oldest: datetime) -> Joins | Begins:
    """A conversation without a message since `oldest`, by our own clock, needs other proof than being the latest."""
    thread = arrival.thread
    by_thread = known.by_provider_thread.get(thread.provider_thread_id or "")
    if by_thread is not None:
        return Joins(by_thread.conversation_id, Proof.PROVIDER_THREAD)
    quoted = _first(thread.tokens, known.by_token), _first(thread.references, known.by_message_id)
    for conversation, proof in zip(quoted, (Proof.TOKEN, Proof.REFERENCE), strict=True):
        if conversation is not None and arrival.sender.keys & conversation.participants:
            return Joins(conversation.conversation_id, proof)
    if any(quoted):
        return Begins("quotes a conversation that its sender takes no part in")
    return _latest(arrival, known.latest_open, oldest)


def _latest(arrival: Arrival, latest: Conversation | None, oldest: datetime) -> Joins | Begins:
    if latest is None:
        return Begins("no open conversation here")
    if latest.last_at < oldest:
        return Begins("the last one is too old")
    if arrival.subject is not None and subject_key(arrival.subject) != subject_key(latest.subject):
        return Begins("another subject")
    return Joins(latest.conversation_id, Proof.LATEST_OPEN)


def _first(keys: tuple[str, ...], known: Mapping[str, Conversation]) -> Conversation | None:
    return next((known[key] for key in keys if key in known), None)


_PREFIX = re.compile(
    r"^\s*((re|aw|fwd?|wg|tr|rv|sv|vs|antw|odp|ynt|отг|отн|пр|на|回复|答复|转发|回覆|轉寄)(\[\d{1,3}\])?\s*[:：]"
    r"|\[[^\]]{1,40}\])\s*",
    re.IGNORECASE,
)


def subject_key(subject: str | None) -> str:
    """The subject without reply and forward prefixes, case and spacing."""
    rest = (subject or "")[:400]
    while (found := _PREFIX.match(rest)) is not None:
        rest = rest[found.end() :]
    return " ".join(rest.casefold().split())
