"""Who counts what came of it? A process of its own, which believes the broker's clock and nobody else's.

`python -m bench.reader` reads an order a line, answers once it listens, and again when it has seen enough.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from bellhop_common.events.envelope import full_type
from bench.orders import Go, Seen, Watch
from bench.talking import answer, serve

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"


@dataclass(slots=True)
class Tally:
    """By key: when its first event of the kind was appended, and when what it came of was."""

    watch: Watch
    events: dict[bytes, float] = field(default_factory=dict)
    origins: dict[bytes, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    decided: list[float] = field(default_factory=list)
    records: int = 0
    size: int = 0

    def take(self, record: Record) -> None:
        key, value = record.key or b"", record.value or b""
        if record.topic == f"{self.watch.prefix}.{self.watch.origin}":
            self.origins.setdefault(key, record.timestamp)
            return
        self.records += 1
        self.size += len(value)
        if dict(record.headers)["ce_type"].decode() == full_type(self.watch.kind) and key not in self.events:
            self.events[key] = record.timestamp
            if self.watch.due:
                self._due(record)

    def _due(self, record: Record) -> None:
        body = orjson.loads(record.value or b"")
        due_at = datetime.fromisoformat(body["due_at"]).timestamp() * 1000
        self.latencies.append(record.timestamp - due_at)
        self.decided.append(datetime.fromisoformat(body["at"]).timestamp() * 1000 - due_at)

    @property
    def is_complete(self) -> bool:
        paired = self.watch.origin is None or self.events.keys() <= self.origins.keys()
        return len(self.events) >= self.watch.count and paired

    def seen(self) -> Seen:
        latencies = [at - self.origins[key] for key, at in self.events.items() if key in self.origins]
        return Seen(
            count=len(self.events),
            last_at=max(self.events.values(), default=0.0) / 1000,
            records=self.records,
            bytes=self.size,
            latencies_ms=latencies or self.latencies,
            decided_ms=self.decided,
        )


async def obey(line: str) -> None:
    watch = Watch.model_validate_json(line)
    consumer = AIOKafkaConsumer(bootstrap_servers=watch.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        await _listen(consumer, watch)
        answer(Go())
        tally, until = Tally(watch), time.monotonic() + watch.timeout
        while not tally.is_complete and time.monotonic() < until:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                for record in batch:
                    tally.take(record)
        answer(tally.seen())
    finally:
        await consumer.stop()


async def _listen(consumer: AIOKafkaConsumer, watch: Watch) -> None:
    """From where the topics end now."""
    names = [f"{watch.prefix}.{topic}" for topic in (watch.topic, watch.origin) if topic is not None]
    await consumer._client.set_topics(names)  # noqa: SLF001 - nothing public asks for topics that aren't subscribed
    places = [TopicPartition(name, number) for name in names for number in consumer.partitions_for_topic(name) or ()]
    consumer.assign(places)
    for place, end in (await consumer.end_offsets(places)).items():
        consumer.seek(place, end)


if __name__ == "__main__":
    serve(obey)
