"""What follows for a contact that is known already? Edits, hang-ups and call states, each told once."""

from dataclasses import dataclass, replace
from typing import assert_never

from bellhop_ingest.domain.documents import Arrived, Door, EarlyNews
from bellhop_ingest.domain.events import CallStateChanged, ContactAbandoned, ContactUpdated, IngestEvent
from bellhop_ingest.domain.outcomes import Abandoned, Updated
from bellhop_ingest.domain.outcomes import CallStateChanged as CallStateTold


@dataclass(frozen=True, slots=True)
class Followed:
    """A contact and news of it, in the order told."""

    arrived: Arrived
    news: tuple[EarlyNews, ...]


def tell(outcome: Updated | Abandoned | CallStateTold) -> EarlyNews:
    match outcome:
        case Updated(change=change, occurred_at=at, text=text):
            return EarlyNews("updated", change.value, at, text=text)
        case Abandoned(stage=stage, occurred_at=at, waited=waited, short=short):
            return EarlyNews("abandoned", stage.value, at, int(waited.total_seconds() * 1000), short)
        case CallStateTold(state=state, occurred_at=at):
            return EarlyNews("call-state", state.value, at)
        case other:
            assert_never(other)


def follow(followed: Followed, door: Door) -> tuple[Arrived, tuple[IngestEvent, ...]]:
    """A parked contact stays silent. The order told by the provider is kept."""
    arrived, events = followed.arrived, list[IngestEvent]()
    for news in followed.news:
        mark = f"{news.kind}/{news.what}/{news.occurred_at.isoformat()}"
        if mark in arrived.told or arrived.conversation_id is None:
            continue
        arrived = replace(arrived, told=(*arrived.told, mark))
        events.append(_event(arrived, news, door))
    return arrived, tuple(events)


def _event(arrived: Arrived, news: EarlyNews, door: Door) -> IngestEvent:
    if arrived.conversation_id is None:
        raise ValueError("only a contact in a conversation is followed")
    contact_id, conversation_id = arrived.contact_id, arrived.conversation_id
    if news.kind == "updated":
        return ContactUpdated(contact_id, conversation_id, door, news.what, news.text)
    if news.kind == "abandoned":
        return ContactAbandoned(contact_id, conversation_id, door, news.what, news.waited_ms, news.short)
    return CallStateChanged(contact_id, conversation_id, door, news.what, news.occurred_at)
