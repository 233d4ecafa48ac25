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
    """What was said, oldest first; a very long chat keeps its newest part."""

    said: tuple[Said, ...] = ()

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
    entry_point: str


def chat_subject(conversation_id: UUID) -> Subject:
    return Subject("chat", str(conversation_id))


def say(log: ChatLog, said: Said) -> ChatLog:
    if any(one.notice_id == said.notice_id for one in log.said):
        return log
    return ChatLog((*log.said, said)[-KEPT:])


def hear(log: ChatLog, heard: ChatHeard, now: datetime) -> tuple[ChatLog, Receipt | None]:
    """The receipt goes out once, however often the page says so."""
    known = next((one for one in log.unheard() if one.notice_id == heard.notice_id), None)
    if known is None:
        return log, None
    said = tuple(replace(one, heard_at=now) if one is known else one for one in log.said)
    receipt = Receipt(PROVIDER, heard.entry_point, str(heard.notice_id), ReceiptState.DELIVERED, now)
    return ChatLog(said), receipt
