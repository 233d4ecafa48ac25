"""How does a decided event get into the outbox? Numbered, stamped, addressed, as the bytes that readers will see."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import orjson
from aiokafka.partitioner import murmur2

from bellhop_common.events.envelope import Envelope
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import event_id, natural_id
from bellhop_common.postgres.database import Connection
from bellhop_common.postgres.outbox_rows import RawRow, insert, register_shards

MAX_EVENT_BYTES: Final = 900 * 1024

BUMP: Final = """
INSERT INTO sequences AS s (topic, key, last)
SELECT topic, key, events FROM unnest($1::text[], $2::text[], $3::bigint[]) AS w (topic, key, events)
ORDER BY topic COLLATE "C", key COLLATE "C"
ON CONFLICT (topic, key) DO UPDATE SET last = s.last + excluded.last
RETURNING topic, key, last
"""


class EventTooLarge(Exception):
    """Longer text belongs into the object store, the event then names it."""

    def __init__(self, type_name: str, size: int) -> None:
        super().__init__(f"{type_name} is {size} bytes, at most {MAX_EVENT_BYTES} can be published")
        self.type = type_name
        self.size = size


class UnknownTopic(Exception):
    def __init__(self, topic: str) -> None:
        super().__init__(f"no partition count is known for topic {topic}")
        self.topic = topic


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event as decided. `topic` is the full name, `type` the short one (`work.queued`), `body` without stamps.

    `natural` names an event of an unsequenced topic for its id: the natural key and a revision.
    `ordered` events get the desk's total order: `desk_seq` and `ordinal`. `earlier` fills fields of the body with
    the ids of earlier events on the same key: {"corrects": 3} is the third before this one.
    """

    topic: str
    key: str
    type: str
    body: Mapping[str, object]
    desk: str | None = None
    desk_version: int | None = None
    natural: str | None = None
    sequenced: bool = False
    ordered: bool = False
    earlier: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to an event: the id of an event or command, and the trace that it belongs to."""

    id: UUID | None = None
    traceparent: str | None = None


UNKNOWN: Final = Cause()


@dataclass(frozen=True, slots=True)
class _Stamps:
    at: datetime
    desk_seq: int
    sequence: int | None
    ordinal: int | None
    cause: Cause = UNKNOWN


class Outbox:
    """`partitions` counts those of every topic that may be written to, by full name."""

    def __init__(self, service: str, partitions: Mapping[str, int]) -> None:
        self._source = f"bellhop/{service}"
        self._partitions = dict(partitions)
        self._shards: dict[tuple[str, int], int] = {}
        self._epoch = 1

    @property
    def epoch(self) -> int:
        return self._epoch

    async def load(self, conn: Connection) -> None:
        """Once before the first append: the epoch, and a shard for every partition.

        Outside of any transaction: shards that are remembered here must not be rolled back there.
        """
        self._epoch = int(await conn.fetchval("SELECT epoch FROM meta"))
        places = [(topic, number) for topic, count in self._partitions.items() for number in range(count)]
        self._shards = await register_shards(conn, places)

    async def append(
        self,
        conn: Connection,
        outgoing: Sequence[Outgoing],
        *,
        desk_seq: int,
        at: datetime,
        causes: Sequence[Cause] | None = None,
    ) -> dict[int, int]:
        """The last row per shard, to be told to the publisher after the commit; `causes` has one for each event.

        The caller holds the lock of each key's aggregate until it commits; the order given is the order published.
        """
        sequences = await self._number(conn, outgoing)
        rows: list[RawRow] = []
        ordinal = 0
        for event, sequence, cause in zip(outgoing, sequences, causes or [UNKNOWN] * len(outgoing), strict=True):
            ordinal += event.ordered
            stamps = _Stamps(at, desk_seq, sequence, ordinal if event.ordered else None, cause)
            rows.append(self._row(event, stamps))
        return await insert(conn, rows, self._shards)

    async def append_raw(self, conn: Connection, rows: Sequence[RawRow]) -> dict[int, int]:
        """Records that go out exactly as they are, to the partition that they name."""
        missing = [row.place for row in rows if row.place not in self._shards]
        # Not remembered: should this transaction roll back, the new shards are gone, and others may take the numbers.
        shards = await register_shards(conn, missing) if missing else self._shards
        return await insert(conn, rows, shards)

    def partition(self, topic: str, key: str) -> int:
        count = self._partitions.get(topic)
        if count is None:
            raise UnknownTopic(topic)
        return _hash(key) % count

    async def _number(self, conn: Connection, outgoing: Sequence[Outgoing]) -> list[int | None]:
        counts = Counter((event.topic, event.key) for event in outgoing if event.sequenced)
        if not counts:
            return [None] * len(outgoing)
        places = sorted(counts)
        topics, keys = [topic for topic, _ in places], [key for _, key in places]
        records = await conn.fetch(BUMP, topics, keys, [counts[place] for place in places])
        last = {(r["topic"], r["key"]): r["last"] - counts[r["topic"], r["key"]] for r in records}
        return [_next(last, (event.topic, event.key)) if event.sequenced else None for event in outgoing]

    def _row(self, event: Outgoing, stamps: _Stamps) -> RawRow:
        value = orjson.dumps({**event.body, **self._earlier(event, stamps.sequence), **self._stamp(event, stamps)})
        if len(value) > MAX_EVENT_BYTES:
            raise EventTooLarge(event.type, len(value))
        headers = self._headers(event, stamps)
        return RawRow(event.topic, self.partition(event.topic, event.key), event.key.encode(), headers, value)

    def _stamp(self, event: Outgoing, stamps: _Stamps) -> dict[str, object]:
        named = {
            "at": rfc3339(stamps.at),
            "desk": event.desk,
            "desk_version": event.desk_version,
            "epoch": self._epoch if event.sequenced else None,
            "sequence": stamps.sequence,
            "desk_seq": stamps.desk_seq if event.ordered else None,
            "ordinal": stamps.ordinal,
        }
        return {name: value for name, value in named.items() if value is not None}

    def _earlier(self, event: Outgoing, sequence: int | None) -> dict[str, str]:
        """Nothing before an epoch's first event can be named."""
        if sequence is None:
            return {}
        return {
            name: str(event_id(event.topic, self._epoch, event.key, sequence - back))
            for name, back in event.earlier.items()
            if 0 < back < sequence
        }

    def _headers(self, event: Outgoing, stamps: _Stamps) -> tuple[tuple[str, bytes], ...]:
        cause = stamps.cause.id
        envelope = Envelope(
            id=str(self._id(event, stamps.sequence)),
            source=self._source,
            type=event.type,
            subject=event.key,
            time=stamps.at,
            causation=None if cause is None else str(cause),
            traceparent=stamps.cause.traceparent,
        )
        return envelope.headers()

    def _id(self, event: Outgoing, sequence: int | None) -> UUID:
        if sequence is not None:
            return event_id(event.topic, self._epoch, event.key, sequence)
        if event.natural is None:
            raise ValueError(f"{event.type} is on no sequenced topic, so it needs a natural key")
        return natural_id(event.natural)


def _next(last: dict[tuple[str, str], int], place: tuple[str, str]) -> int:
    last[place] += 1
    return last[place]


@lru_cache(maxsize=65_536)
def _hash(key: str) -> int:
    """As Kafka's Java clients and aiokafka place a key."""
    return int(murmur2(key.encode())) & 0x7FFFFFFF
