"""Into which conversation does it go, and what leads there next time?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from bellhop_common.decision import Subject
from bellhop_common.ids import natural_id
from bellhop_ingest.domain import threading, waiting
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.documents import (
    Conversation,
    Customer,
    Door,
    Thread,
    conversation_subject,
    latest_thread,
    message_thread,
    provider_thread,
    token_thread,
)
from bellhop_ingest.domain.view import View

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Entering:
    """An arrival of a known customer through a known door. `tokens` makes the reply tokens of a conversation."""

    arrival: Arrival
    door: Door
    customer: Customer
    contact_id: UUID
    received_at: datetime
    tokens: Callable[[UUID], tuple[str, ...]]


def find_or_open(view: View, entering: Entering) -> tuple[Conversation, bool]:
    """The conversation with this arrival in it, and whether it is new."""
    latest = latest_thread(entering.door.name, entering.door.channel, entering.customer.customer_id)
    known = _known(view, entering, latest)
    choice = threading.choose(entering.arrival, known, entering.received_at - entering.door.thread_window)
    if isinstance(choice, threading.Joins):
        before = view.get(conversation_subject(choice.conversation_id), Conversation)
    else:
        before = None
    opened = _opened(entering) if before is None else before
    conversation = replace(
        waiting.asked(opened, entering.contact_id, entering.received_at),
        last_contact_at=entering.received_at,
        participants=opened.participants | _participants(entering.arrival),
    )
    own, ways = conversation_subject(conversation.conversation_id), [*_ways(entering, conversation, latest)]
    view.need([own, *ways])
    view.put(own, conversation)
    for subject in ways:
        view.put(subject, Thread(conversation.conversation_id))
    return conversation, before is None


def leads(arrival: Arrival) -> Iterable[Subject]:
    """What may lead to a known conversation, and is named by the arrival itself."""
    thread, name = arrival.thread, arrival.entry_point
    if thread.provider_thread_id:
        yield provider_thread(name, thread.provider_thread_id)
    yield from map(token_thread, thread.tokens)
    yield from (message_thread(name, reference) for reference in thread.references)


def _known(view: View, entering: Entering, latest: Subject) -> threading.Known:
    thread, name = entering.arrival.thread, entering.door.name
    ways = [*leads(entering.arrival), latest]
    view.need(ways)
    found = [known for way in ways if (known := view.get(way, Thread)) is not None]
    view.need(conversation_subject(known.conversation_id) for known in found)
    by_provider = {thread.provider_thread_id or "": provider_thread(name, thread.provider_thread_id or "")}
    return threading.Known(
        by_provider_thread=_all_joinable(view, by_provider, entering) if thread.provider_thread_id else {},
        by_token=_all_joinable(view, {token: token_thread(token) for token in thread.tokens}, entering),
        by_message_id=_all_joinable(view, {one: message_thread(name, one) for one in thread.references}, entering),
        latest_open=_joinable(view, latest, entering),
    )


def _all_joinable(view: View, ways: dict[str, Subject], entering: Entering) -> dict[str, threading.Conversation]:
    found = {key: _joinable(view, way, entering) for key, way in ways.items()}
    return {key: conversation for key, conversation in found.items() if conversation is not None}


def _joinable(view: View, way: Subject, entering: Entering) -> threading.Conversation | None:
    """Follows merges. A conversation resolved too long ago takes nothing in any more."""
    thread = view.get(way, Thread)
    found = None if thread is None else view.get(conversation_subject(thread.conversation_id), Conversation)
    while found is not None and found.merged_into is not None:
        found = view.get(conversation_subject(found.merged_into), Conversation)
    if found is None or _closed(found, entering):
        return None
    return threading.Conversation(found.conversation_id, found.participants, found.last_contact_at, found.subject)


def _closed(conversation: Conversation, entering: Entering) -> bool:
    resolved_at = conversation.resolved_at
    elsewhere = conversation.desk != entering.door.desk
    return elsewhere or (resolved_at is not None and entering.received_at - resolved_at > entering.door.reopen_window)


def _opened(entering: Entering) -> Conversation:
    conversation_id = natural_id("conversation", str(entering.contact_id))
    return Conversation(
        conversation_id=conversation_id,
        desk=entering.door.desk,
        entry_point=entering.door.name,
        channel=entering.door.channel,
        customer_id=entering.customer.customer_id,
        reference=reference(conversation_id),
        subject=entering.arrival.subject or "",
        opened_at=entering.received_at,
        last_contact_at=entering.received_at,
    )


def _ways(entering: Entering, conversation: Conversation, latest: Subject) -> Iterable[Subject]:
    thread, name = entering.arrival.thread, entering.door.name
    yield latest
    if thread.message_id:
        yield message_thread(name, thread.message_id)
    if thread.provider_thread_id:
        yield provider_thread(name, thread.provider_thread_id)
    for token in entering.tokens(conversation.conversation_id):
        yield token_thread(token)


def _participants(arrival: Arrival) -> frozenset[str]:
    return arrival.sender.keys | {
        f"email:{address.casefold()}" for address in arrival.thread.participants if "@" in address
    }


def reference(conversation_id: UUID) -> str:
    """What people read out on the phone: ten digits of the id in Crockford's base32, none that look alike."""
    digits = [ALPHABET[conversation_id.int >> 78 + 5 * place & 31] for place in reversed(range(10))]
    return f"{''.join(digits[:5])}-{''.join(digits[5:])}"
