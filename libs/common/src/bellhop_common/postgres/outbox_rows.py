"""How does a record lie in the outbox until it is published? Byte for byte, in its shard."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import orjson

from bellhop_common.postgres.database import Connection

Place: TypeAlias = tuple[str, int]
HeaderDocument: TypeAlias = list[list[object]]
HEADER_OVERHEAD: Final = 10
RECORD_OVERHEAD: Final = 40

INSERT: Final = """
INSERT INTO outbox (shard, topic, partition, key, headers, value)
SELECT shard, topic, partition, key, headers::jsonb, value
FROM unnest($1::int[], $2::text[], $3::int[], $4::bytea[], $5::text[], $6::bytea[]) WITH ORDINALITY
    AS w (shard, topic, partition, key, headers, value, place)
ORDER BY place
RETURNING shard, id
"""
REGISTER: Final = """
INSERT INTO shards (topic, partition)
SELECT topic, partition FROM unnest($1::text[], $2::int[]) AS w (topic, partition)
WHERE NOT EXISTS (SELECT 1 FROM shards AS s WHERE s.topic = w.topic AND s.partition = w.partition)
ORDER BY topic COLLATE "C", partition
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A record as it will be, or was, on the topic."""

    topic: str
    partition: int
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes | None

    @property
    def place(self) -> Place:
        return (self.topic, self.partition)

    @property
    def size(self) -> int:
        """Bytes on the wire, with what Kafka adds; never too few."""
        headers = sum(len(name.encode()) + len(value or b"") + HEADER_OVERHEAD for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers + RECORD_OVERHEAD


async def insert(conn: Connection, rows: Sequence[RawRow], shards: Mapping[Place, int]) -> dict[int, int]:
    """The last id per shard."""
    if not rows:
        return {}
    records = await conn.fetch(
        INSERT,
        [shards[row.place] for row in rows],
        [row.topic for row in rows],
        [row.partition for row in rows],
        [row.key for row in rows],
        [orjson.dumps(dump_headers(row.headers)).decode() for row in rows],
        [row.value for row in rows],
    )
    last: dict[int, int] = {}
    for record in records:
        last[record["shard"]] = max(record["id"], last.get(record["shard"], 0))
    return last


async def register_shards(conn: Connection, places: Iterable[Place]) -> dict[Place, int]:
    """Every shard there is, after adding those that are missing."""
    ordered = sorted(set(places))
    await conn.execute(REGISTER, [topic for topic, _ in ordered], [number for _, number in ordered])
    records = await conn.fetch("SELECT shard, topic, partition FROM shards")
    return {(r["topic"], r["partition"]): r["shard"] for r in records}


def dump_headers(headers: Iterable[tuple[str, bytes | None]]) -> HeaderDocument:
    """Text as text; what isn't UTF-8, or can't be in JSON text, as base64."""
    return [[name, _dump(value)] for name, value in headers]


def load_headers(document: HeaderDocument) -> tuple[tuple[str, bytes | None], ...]:
    return tuple((str(name), _load(value)) for name, value in document)


def _dump(value: bytes | None) -> object:
    if value is None:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}
    # jsonb has no NUL.
    return {"b64": base64.b64encode(value).decode()} if "\0" in text else text


def _load(value: object) -> bytes | None:
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    return None if value is None else str(value).encode()
