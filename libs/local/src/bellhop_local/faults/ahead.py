"""Did a timer fire ahead of its inputs? Told by the topics alone: what lay there, and would have stopped it.

An end that was seen within the last second counts as seen, and from there to having the locks may take two seconds
more, so what was appended within those three counts for nothing.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from bellhop_common.events.envelope import BadEnvelope, read_headers
from bellhop_common.events.topics import SLA, WORK, WORK_COMMAND

SEEN_LATELY: Final = timedelta(seconds=3)
ANSWERS: Final = frozenset({"work.accept", "work.decline"})


@dataclass(frozen=True, slots=True)
class Told:
    """One record: an event with when it was decided, or a command, which has no such instant."""

    type: str
    id: str
    cause: str | None
    at: datetime | None
    appended_at: datetime
    body: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return str(self.body.get(name) or "")


def fired_ahead(told: Iterable[Told]) -> Iterator[str]:
    """Each in words."""
    known = {one.id: one for one in told}
    offers = {one.text("offer_id"): one for one in known.values() if one.type == "work.offered"}
    answers = {one.text("offer_id"): one for one in known.values() if one.type in ANSWERS}
    for one in known.values():
        if one.type == "work.offer-expired":
            offer, answer = offers.get(one.text("offer_id")), answers.get(one.text("offer_id"))
            if offer is not None and answer is not None and _in_time(offer, answer) and _lay_there(answer, one):
                yield f"offer {one.text('offer_id')} expired, answered at {answer.appended_at}"
        elif one.type == "sla.clock-corrected":
            wrong, evidence = known.get(one.text("corrects")), known.get(one.cause or "")
            if wrong is not None and evidence is not None and _lay_there(evidence, wrong):
                yield f"{wrong.type} {wrong.id} was wrong, as {evidence.type} of {evidence.appended_at} had told"


async def read_all(bootstrap: str, prefix: str) -> list[Told]:
    """What timers depend on and what came of them, up to the present ends."""
    topics = [topic.full(prefix) for topic in (WORK, WORK_COMMAND, SLA)]
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        return [one async for record in _to_the_end(consumer) if (one := _told(record)) is not None]
    finally:
        await consumer.stop()


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


def _told(record: "ConsumerRecord[bytes, bytes]") -> Told | None:
    """None for what isn't an event of ours, such as a planted bad one."""
    try:
        envelope = read_headers(record.headers)
        body = orjson.loads(record.value or b"null")
    except (BadEnvelope, orjson.JSONDecodeError):
        return None
    if not isinstance(body, dict):
        return None
    at = datetime.fromisoformat(str(body["at"])) if "at" in body else None
    appended_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return Told(envelope.type, envelope.id, envelope.causation, at, appended_at, body)
