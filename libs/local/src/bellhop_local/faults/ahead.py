"""Did a timer fire ahead of its inputs? Told by the topics alone: what lay there, and would have stopped it.

An end that was seen within the last second counts as seen, and from there to having the locks may take two seconds
more, so what was appended within those three counts for nothing. Where the end isn't seen for long, a record from after
the instant is enough: then what comes behind that record, though it tells of a time before it, may lie unread.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from bellhop_common.events.envelope import BadEnvelope, read_headers
from bellhop_common.events.topics import CONTACT, SLA, WORK, WORK_COMMAND

SEEN_LATELY: Final = timedelta(seconds=3)
ANSWERS: Final = frozenset({"work.accept", "work.decline"})


@dataclass(frozen=True, slots=True)
class Told:
    """One record: an event with when it was decided, or a command, which has no such instant.

    `behind`: when the record before it in its partition was appended.
    """

    type: str
    id: str
    cause: str | None
    at: datetime | None
    appended_at: datetime
    body: dict[str, Any] = field(default_factory=dict)
    behind: datetime | None = None

    @property
    def by_timer(self) -> bool:
        """Whatever else is said is caused by an event."""
        return self.cause is None

    @property
    def crossed_at(self) -> datetime:
        """When the clock had used up the share that this word is about, where no hours are closed."""
        seconds = float(self.body["elapsed_seconds"]) + float(self.body["paused_seconds"])
        return datetime.fromisoformat(self.text("started_at")) + timedelta(seconds=seconds)

    def text(self, name: str) -> str:
        return str(self.body.get(name) or "")


@dataclass(frozen=True, slots=True)
class Ahead:
    """One that did, in words."""

    conversation_id: str
    words: str


def fired_ahead(told: Iterable[Told]) -> Iterator[Ahead]:
    known: dict[str, Told] = {}
    for one in told:  # readers drop the repeats
        known.setdefault(one.id, one)
    offers = {one.text("offer_id"): one for one in known.values() if one.type == "work.offered"}
    answers = {one.text("offer_id"): one for one in known.values() if one.type in ANSWERS}
    for one in known.values():
        if one.type == "work.offer-expired":
            offer, answer = offers.get(one.text("offer_id")), answers.get(one.text("offer_id"))
            if offer is not None and answer is not None and _in_time(offer, answer) and _lay_there(answer, one):
                words = f"offer {one.text('offer_id')} expired, answered at {answer.appended_at}"
                yield Ahead(one.text("conversation_id"), words)
        elif one.type == "sla.clock-corrected":
            wrong, evidence = known.get(one.text("corrects")), known.get(one.cause or "")
            if wrong is not None and evidence is not None and wrong.by_timer and _was_known(evidence, wrong):
                words = f"{wrong.type} {wrong.id} was wrong, as {evidence.type} of {evidence.appended_at} had told"
                yield Ahead(one.text("conversation_id"), words)


async def read_all(bootstrap: str, prefix: str) -> list[Told]:
    """What timers depend on and what came of them, up to the present ends."""
    topics = [topic.full(prefix) for topic in (CONTACT, WORK, WORK_COMMAND, SLA)]
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        behind: dict[tuple[str, int], datetime] = {}
        found: list[Told | None] = []
        async for record in _to_the_end(consumer):
            place, appended_at = (record.topic, record.partition), datetime.fromtimestamp(record.timestamp / 1000, UTC)
            found.append(_told(record, appended_at, behind.get(place)))
            behind[place] = appended_at
        return [one for one in found if one is not None]
    finally:
        await consumer.stop()


def save(told: Iterable[Told], conversations: Collection[str], path: Path) -> None:
    """All that was said of them, a line each, for whoever wants to know how it came to that."""
    with path.open("wb") as file:
        for one in told:
            if one.text("conversation_id") in conversations:
                file.write(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE))


async def _to_the_end(consumer: AIOKafkaConsumer) -> "AsyncIterator[ConsumerRecord[bytes, bytes]]":
    ends = await consumer.end_offsets(list(consumer.assignment()))
    while any([await consumer.position(place) < end for place, end in ends.items()]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for record in records:
                yield record


def _in_time(offer: Told, answer: Told) -> bool:
    if offer.at is None:
        return False
    return answer.appended_at <= offer.at + timedelta(seconds=float(offer.body["timeout_seconds"]))


def _lay_there(evidence: Told, fired: Told) -> bool:
    return fired.at is not None and evidence.appended_at < fired.at - SEEN_LATELY


def _was_known(evidence: Told, wrong: Told) -> bool:
    beyond = evidence.behind is not None and evidence.behind >= wrong.crossed_at
    return _lay_there(evidence, wrong) and not beyond


def _told(record: "ConsumerRecord[bytes, bytes]", appended_at: datetime, behind: datetime | None) -> Told | None:
    """None for what isn't an event of ours, such as a planted bad one."""
    try:
        envelope = read_headers(record.headers)
        body = orjson.loads(record.value or b"null")
    except (BadEnvelope, orjson.JSONDecodeError):
        return None
    if not isinstance(body, dict):
        return None
    at = datetime.fromisoformat(str(body["at"])) if "at" in body else None
    return Told(envelope.type, envelope.id, envelope.causation, at, appended_at, body, behind)
