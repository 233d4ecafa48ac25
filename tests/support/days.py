"""What does an ordinary day look like, in which everything is as it should be?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from bellhop_common.events.topics import DESK
from bellhop_common.events.wire import rfc3339
from bellhop_common.history.records import RawRecord
from bellhop_common.ids import event_id, natural_id
from support.conversations import Conversation, agent, notice
from support.histories import START, Chronicle, Lists, partition_of


def ordinary_day(prefix: str = "support", start: datetime = START) -> tuple[Chronicle, Lists]:
    """Twelve conversations with everything that may happen in one, at rest, and what was kept beside it."""
    history = Chronicle(prefix=prefix, now=start, at_rest=True)
    history.event(DESK, "desk.applied", "help/1", {"version": 1})
    for name in ("ana", "ben", "cem"):
        agent(history, name)
    conversations = [Conversation(history, f"talk-{number}") for number in range(12)]
    for number, conversation in enumerate(conversations):
        history.capacity["ben"] = 100 if number % 5 else 10
        _through_the_day(conversation, number)
    _merged(conversations[1], conversations[2])
    poison = conversations[0].work("noted", sequence=None)
    history.dead_letter(poison, "sla")
    sink = _notices(history)
    places = [f"work.v1/{poison.raw.partition}@{poison.raw.offset}"]
    accepted = [f"mail talk-{number}-1" for number in range(12)]
    return history, Lists(accepted=accepted, sink=sink, poison=places)


def _through_the_day(talk: Conversation, number: int, others: str = "") -> None:
    talk.received()
    talk.queued(required=("billing",) if number % 2 else ())
    talk.clock("started", due_at=rfc3339(talk.history.now + timedelta(days=2)))
    talk.offered(f"ana{others}")
    if number % 3 == 0:
        talk.declined()
        talk.offered(f"cem{others}")
    accept = talk.command("accept", offer_id=talk.claim)
    talk.accepted(cause=accept.id)
    talk.assigned(cause=accept.id)
    talk.received()
    talk.added()
    talk.work("replied")
    talk.clock("met")
    talk.paused("pended")
    talk.paused("resumed")
    if number % 4 == 0:
        talk.ended()
        talk.work("requeued", {"cause": "agent-lost"})
        talk.claimed(f"ben{others}")
    if number % 6:
        _end(talk, number)


def _end(talk: Conversation, number: int) -> None:
    talk.rejected(talk.command("claim"))
    talk.resolved()
    talk.assignment("wrap-up-started")
    talk.assignment("wrap-up-ended")
    talk.ended()
    if number % 3 < 2:
        talk.received()
        talk.reopened()


def _merged(one: Conversation, into: Conversation) -> None:
    into.received()
    into.reopened()
    one.work("merged", {"into": into.id})
    one.received()
    into.added(contact_id=one.contact())


def _notices(history: Chronicle) -> list[str]:
    arrived = []
    for number in range(4):
        name, occasion = f"wish-{number}", "birthday" if number == 0 else None
        notice(history, "scheduled", name)
        notice(history, "deferred", name, until=rfc3339(history.now))
        sent = notice(history, "sent", name, occasion=occasion)
        notice(history, "delivered", name)
        arrived.append(f"{_notice_id(sent.raw)}.token@bell.example")
    notice(history, "scheduled", "later", due_at=rfc3339(history.now + timedelta(days=30)))
    return arrived


def _notice_id(raw: RawRecord) -> str:
    return (raw.value or b"").partition(b'"notice_id":"')[2][:36].decode()


_PLACEHOLDER = "00000000"


def many_records(count: int) -> Iterator[RawRecord]:
    """A long legal history: one small desk's day, again and again under other names."""
    day = list(_small_day())
    offsets: Counter[tuple[str, int]] = Counter()
    for number in range(count // len(day)):
        for raw, sequence in day:
            copy = _renamed(raw, f"{number:08d}", sequence)
            yield replace(copy, offset=offsets[(copy.topic, copy.partition)])
            offsets[(copy.topic, copy.partition)] += 1


def _small_day() -> Iterator[tuple[RawRecord, int | None]]:
    history = Chronicle(desk=f"help-{_PLACEHOLDER}")
    for name in ("ana", "ben", "cem"):
        agent(history, f"{name}-{_PLACEHOLDER}")
    for number in range(1, 4):
        _through_the_day(Conversation(history, f"talk-{number}-{_PLACEHOLDER}"), number, f"-{_PLACEHOLDER}")
    return ((raw, orjson.loads(raw.value or b"{}").get("sequence")) for raw in history.records())


def _renamed(raw: RawRecord, token: str, sequence: int | None) -> RawRecord:
    old, new = _PLACEHOLDER.encode(), token.encode()
    key, value = (raw.key or b"").replace(old, new), (raw.value or b"").replace(old, new)
    full = f"support.{raw.topic}"
    name = natural_id(full, key.decode(), raw.appended_at.isoformat())
    named = name if sequence is None else event_id(full, 1, key.decode(), sequence)
    foreign = raw.topic.endswith(".command.v1")
    headers = tuple(
        (header, str(named).encode() if header == "ce_id" and not foreign else said) for header, said in raw.headers
    )
    partition = partition_of(key.decode(), 12)
    return RawRecord(raw.topic, partition, 0, raw.appended_at, key, headers, value)
