"""What was said to a visitor's chat, and did it reach them? Kept so that a socket can come back to any replica."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bellhop_common.decision import Subject
from bellhop_ingest.domain.outcomes import Receipt, ReceiptState

PROVIDER = "chat"
KEPT = 200


@dataclass(frozen=True, slots=True)
class Said:
    notice_id: UUID
    author: str
    text: str
    at: datetime
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChatLog:
    """What was said, oldest first; a very long chat keeps its newest part.

    A page may have heard what isn't noted here yet, since both are told at once: `heard_ahead`.
    """

    said: tuple[Said, ...] = ()
    heard_ahead: tuple[UUID, ...] = ()

    def unheard(self) -> tuple[Said, ...]:
        return tuple(one for one in self.said if one.heard_at is None)


@dataclass(frozen=True, slots=True)
class ChatSaid:
    conversation_id: UUID
    said: Said


@dataclass(frozen=True, slots=True)
class ChatHeard:
    """The visitor's page has it on the screen."""

    conversation_id: UUID
    notice_id: UUID


@dataclass(frozen=True, slots=True)
class Logged:
    """The log from now on; `heard` is what is now known to have reached the visitor, for the first time."""

    log: ChatLog
    heard: bool = False


def chat_subject(conversation_id: UUID) -> Subject:
    return Subject("chat", str(conversation_id))


def say(log: ChatLog, said: Said, now: datetime) -> Logged:
    if any(one.notice_id == said.notice_id for one in log.said):
        return Logged(log)
    heard = said.notice_id in log.heard_ahead
    noted = replace(said, heard_at=now) if heard else said
    ahead = tuple(one for one in log.heard_ahead if one != said.notice_id)
    return Logged(ChatLog((*log.said, noted)[-KEPT:], ahead), heard)


def hear(log: ChatLog, notice_id: UUID, now: datetime) -> Logged:
    """Once is enough, however often the page says so."""
    known = next((one for one in log.said if one.notice_id == notice_id), None)
    if known is None:
        return Logged(replace(log, heard_ahead=(*log.heard_ahead, notice_id)[-KEPT:]))
    if known.heard_at is not None:
        return Logged(log)
    said = tuple(replace(one, heard_at=now) if one is known else one for one in log.said)
    return Logged(replace(log, said=said), heard=True)


def delivered(entry_point: str, notice_id: UUID, now: datetime) -> Receipt:
    return Receipt(PROVIDER, entry_point, str(notice_id), ReceiptState.DELIVERED, now)
