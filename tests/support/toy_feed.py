"""How do tests speak to the toy, and how do they prove from its topics what it did?"""

import asyncio
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from aiokafka import AIOKafkaProducer

from bellhop_common.events.envelope import Envelope
from bellhop_common.events.wire import Message
from bellhop_common.messaging.dead_letters import dead_letter_topic
from support.topics import Record, read_topic
from support.toy import contracts
from support.toy.contracts import ToyAdd

Place = tuple[str, int, int]


@dataclass(slots=True)
class Feed:
    """`accepted` holds per key the numbers that Kafka acknowledged; `poisoned` where the planted poison is."""

    producer: AIOKafkaProducer
    prefix: str
    accepted: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    poisoned: set[Place] = field(default_factory=set)
    _next: int = 0

    async def add(self, key: str, desk: str = "a", refers_to: str | None = None) -> int:
        """A number of its own for each; returns it."""
        self._next += 1
        number = self._next
        await self.say(key, ToyAdd(desk=desk, number=number, refers_to=refers_to))
        self.accepted[key].append(number)
        return number

    async def say(self, key: str, body: Message) -> Place:
        return await self.send(key, body.model_dump_json().encode(), headers_of(body))

    async def poison(self, key: str, value: bytes | None = b"{not json") -> Place:
        place = await self.send(key, value, headers_of(ToyAdd(number=0)))
        self.poisoned.add(place)
        return place

    async def send(
        self, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]], topic: str = contracts.TOY_INPUT.name
    ) -> Place:
        name = f"{self.prefix}.{topic}"
        sent = await self.producer.send_and_wait(name, value, key=key.encode(), headers=list(headers))
        return (sent.topic, sent.partition, sent.offset)

    async def ordered(self, key: str, sequence: int, epoch: int = 1) -> int:
        """On the sequenced topic, at a place of the test's choosing; the number is a thousand times that."""
        body = {"desk": "a", "number": sequence * 1000, "epoch": epoch, "sequence": sequence}
        await self.send(key, orjson.dumps(body), headers_of(ToyAdd(number=0)), contracts.TOY_ORDERED.name)
        return sequence * 1000


def headers_of(body: Message, event_id: str | None = None) -> list[tuple[str, bytes]]:
    return list(Envelope(event_id or str(uuid.uuid4()), "tests", body.type_name).headers())


@dataclass(frozen=True, slots=True)
class Published:
    """What the toy published, first occurrences only, per key in the order of the log."""

    by_key: dict[str, list[dict[str, object]]]
    repeats: int

    def numbers(self, key: str) -> list[object]:
        return [body["number"] for body in self.by_key.get(key, []) if "number" in body]

    def of(self, key: str, field_name: str) -> list[dict[str, object]]:
        return [body for body in self.by_key.get(key, []) if field_name in body]


async def published(bootstrap: str, prefix: str) -> Published:
    """Checks on the way that per key sequences count 1, 2, 3… and that every repeat is byte-identical."""
    seen: dict[tuple[str, int], bytes] = {}
    by_key: dict[str, list[dict[str, object]]] = defaultdict(list)
    repeats = 0
    for record in await read_topic(bootstrap, contracts.TOY_COUNTED.full(prefix)):
        key, value = _key(record), record.value or b""
        body = orjson.loads(value)
        place = (key, body["sequence"])
        if place in seen:
            assert seen[place] == value, f"{place} was repeated with other bytes"
            repeats += 1
            continue
        seen[place] = value
        by_key[key].append(body)
    for key, bodies in by_key.items():
        assert [body["sequence"] for body in bodies] == list(range(1, len(bodies) + 1)), key
    return Published(dict(by_key), repeats)


async def dead_letters(bootstrap: str, prefix: str, topic: str = contracts.TOY_INPUT.name) -> dict[Place, Record]:
    name = dead_letter_topic(f"{prefix}.{topic}", contracts.SERVICE)
    return {_origin(record): record for record in await read_topic(bootstrap, name)}


def error_classes(letters: dict[Place, Record]) -> Counter[str]:
    return Counter(dict(record.headers)["dl_error_class"].decode() for record in letters.values())


async def until_counted(bootstrap: str, feed: Feed, within: float = 120.0) -> Published:
    """Until every accepted number was published, or time is up; then it is checked anyway."""
    wanted = {number for numbers in feed.accepted.values() for number in numbers}
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    while True:
        found = await published(bootstrap, feed.prefix)
        counted = {number for key in found.by_key for number in found.numbers(key)}
        if wanted <= counted or loop.time() > until:
            return found
        await asyncio.sleep(0.3)


def _key(record: Record) -> str:
    return (record.key or b"").decode()


def _origin(record: Record) -> Place:
    headers = {name: value.decode() for name, value in record.headers if name.startswith("dl_")}
    return (headers["dl_topic"], int(headers["dl_partition"]), int(headers["dl_offset"]))
