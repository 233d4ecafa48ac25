"""Does the customer still wait for a first answer? Who leaves a chat before there is one has abandoned it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bellhop_ingest.domain.documents import Conversation, Door
from bellhop_ingest.domain.events import ContactAbandoned

SHORT: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Departure:
    """`stage` is where they were when they left."""

    door: Door
    stage: str
    at: datetime


def asked(conversation: Conversation, contact_id: UUID, now: datetime) -> Conversation:
    """Only a first message makes them wait: the next one of a stretch that was answered doesn't."""
    taken_up_again = conversation.resolved_at is not None
    if conversation.waiting_since is None and (taken_up_again or not conversation.answered):
        conversation = replace(conversation, waiting_since=now, answered=False)
    return replace(conversation, latest_contact_id=contact_id)


def answered(conversation: Conversation) -> Conversation:
    return replace(conversation, waiting_since=None, answered=True)


def left(conversation: Conversation, departure: Departure) -> tuple[Conversation, ContactAbandoned | None]:
    """None for who had an answer, or has left already."""
    since, contact_id = conversation.waiting_since, conversation.latest_contact_id
    if since is None or contact_id is None:
        return conversation, None
    waited = max(departure.at - since, timedelta(0))
    event = ContactAbandoned(
        contact_id=contact_id,
        conversation_id=conversation.conversation_id,
        door=departure.door,
        stage=departure.stage,
        waited_ms=waited // timedelta(milliseconds=1),
        short=waited < SHORT,
    )
    return replace(conversation, waiting_since=None), event
