"""What do bad records look like, and what must become of them? An answer or a dead letter; the next one is handled."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from bellhop_common.events.envelope import STRUCTURED, Headers
from bellhop_local.fuzz.doors import Wrong, shown
from bellhop_local.fuzz.ears import Ears, Heard
from bellhop_local.fuzz.mutations import damaged, noise, odd_text, spoilt, written

# All on one, so that the good record stands behind the bad ones.
PARTITION: Final = 0
HANDLING_FAILED: Final = "handler-error"
NUMBERED: Final = "number"
TOO_LARGE_A_RECORD: Final = 1_100_000


@dataclass(frozen=True, slots=True)
class Record:
    """`body` is a tree to be written as JSON."""

    key: str
    headers: Headers
    body: object


@dataclass(slots=True)
class TopicDoor:
    """`topic` in full. `good` makes a record and says by which event one knows that it was handled."""

    name: str
    topic: str
    producer: AIOKafkaProducer
    ears: Ears
    records: Callable[[], Sequence[Record]]
    good: Callable[[], tuple[Record, Callable[[Heard], bool]]]
    _reported: set[str] = field(default_factory=set)

    async def attack(self, chance: Random) -> Wrong | None:
        """Only sent: who writes to a topic gets no answer there."""
        key, value, headers = _spoilt(chance.choice(self.records()), chance)
        await self.producer.send_and_wait(self.topic, value, key=key, partition=PARTITION, headers=list(headers))
        await asyncio.sleep(0.005)
        return None

    async def prove(self) -> Sequence[Wrong]:
        record, is_answer = self.good()
        raw, key = written(record.body), record.key.encode()
        await self.producer.send_and_wait(self.topic, raw, key=key, partition=PARTITION, headers=list(record.headers))
        await self.ears.first(is_answer)
        return tuple(self._failures())

    def _failures(self) -> Sequence[Wrong]:
        """A record that a handler fails on was let in by who should have said what is wrong with it."""
        found: list[Wrong] = []
        for one in tuple(self.ears.heard):
            headers = one.headers
            place = f"{headers.get('dl_partition')}@{headers.get('dl_offset')}"
            if headers.get("dl_topic") != self.topic or headers.get("dl_error_class") != HANDLING_FAILED:
                continue
            if place not in self._reported:
                self._reported.add(place)
                found.append(Wrong("a handler failed on it three times", shown((headers.get("ce_type"), one.raw))))
        return found


def _spoilt(record: Record, chance: Random) -> tuple[bytes | None, bytes | None, Headers]:
    key, raw, headers = record.key.encode(), written(record.body), record.headers
    match chance.randrange(12):
        case 0:
            return key, noise(chance), headers
        case 1:
            return key, chance.choice((None, b"", b"[" * 5_000, b"a" * TOO_LARGE_A_RECORD)), headers
        case 2:
            return odd_text(chance).encode("utf-8", "surrogatepass"), raw, headers
        case 3 | 4:
            return key, raw, _odd_headers(headers, chance)
        case 5:
            return None, written(spoilt(_structured(record), chance)), (("content-type", STRUCTURED.encode()),)
        case 6 | 7:
            return key, damaged(raw, chance), _renamed(headers)
        case _:
            return key, written(spoilt(record.body, chance)), _renamed(headers)


def _odd_headers(headers: Headers, chance: Random) -> Headers:
    name = chance.choice([known for known, _ in headers])
    odd = chance.choice((noise(chance)[:3_000], odd_text(chance).encode("utf-8", "surrogatepass")[:3_000]))
    left = tuple((known, value) for known, value in headers if known != name)
    return chance.choice((left, (*left, (name, odd)), (*headers, (name, odd)), (*headers, ("x" * 200, odd))))


def _renamed(headers: Headers) -> Headers:
    """Under an id of its own, or it would count as a repeat."""
    return tuple((name, str(uuid4()).encode() if name == "ce_id" else value) for name, value in headers)


def _structured(record: Record) -> dict[str, object]:
    known = {name.removeprefix("ce_"): value.decode() for name, value in record.headers if name.startswith("ce_")}
    return {**known, "id": str(uuid4()), "data": record.body}
