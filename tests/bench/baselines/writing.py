"""What goes to the database, in one transaction? The same rows as the router's, each table in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from bellhop_common.postgres.database import Connection
from bench.baselines.documents import OFFER_FOR, Moment, Offer, item
from bench.baselines.outbound import Outbound

DESK: Final = """
UPDATE aggregates SET version = version + 1, desk_seq = version + 1, changed_at = clock_timestamp()
WHERE kind = 'desk' AND id = $1 RETURNING version, changed_at
"""
MARK: Final = """
INSERT INTO watermarks AS w (topic, key, epoch, sequence)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[])
ON CONFLICT (topic, key) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
WHERE (w.epoch, w.sequence) < (excluded.epoch, excluded.sequence)
RETURNING key
"""
DOCUMENTS: Final = """
INSERT INTO aggregates AS a (kind, id, rank, desk, version, desk_seq, body)
SELECT kind, id, rank, $1, 1, $2, body::jsonb
FROM unnest($3::text[], $4::text[], $5::smallint[], $6::text[]) AS w (kind, id, rank, body)
ON CONFLICT (kind, id) DO UPDATE SET
    version = a.version + 1, desk_seq = excluded.desk_seq, body = excluded.body, changed_at = clock_timestamp()
"""
ITEMS: Final = """
INSERT INTO work_items (work_item_id, conversation_id, cycle, desk)
SELECT id, conversation_id, 1, desk FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS w (id, conversation_id, desk)
"""
TIMERS: Final = """
INSERT INTO timers (kind, subject_kind, subject_id, desk, due_at)
SELECT 'offer', 'conversation', id, desk, $1 FROM unnest($2::text[], $3::text[]) AS w (id, desk)
ON CONFLICT (kind, subject_kind, subject_id) DO UPDATE SET
    due_at = excluded.due_at, generation = excluded.generation, set_at = excluded.set_at
"""
SEQUENCES: Final = """
INSERT INTO sequences AS s (topic, key, last) SELECT $1, key, 2 FROM unnest($2::text[]) AS w (key)
ON CONFLICT (topic, key) DO UPDATE SET last = s.last + excluded.last
"""
OUTBOX: Final = """
INSERT INTO outbox (shard, topic, partition, key, headers, value)
SELECT 0, topic, partition, key, headers::jsonb, value
FROM unnest($1::text[], $2::int[], $3::bytea[], $4::text[], $5::bytea[]) AS w (topic, partition, key, headers, value)
RETURNING id
"""
OFFSETS: Final = """
INSERT INTO next_offsets (group_id, topic, partition, next_offset)
SELECT $1, $2, * FROM unnest($3::int[], $4::bigint[])
ON CONFLICT (group_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
"""
APPLIED: Final = """
INSERT INTO input_marks (topic, partition, applied_at) SELECT $1, * FROM unnest($2::int[], $3::timestamptz[])
ON CONFLICT (topic, partition) DO UPDATE SET applied_at = excluded.applied_at
"""
ITEM_RANK: Final = 40
AGENT_RANK: Final = 30


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one topic: by partition the next offset, and when the last record was appended."""

    group: str
    topic: str
    next_offsets: Mapping[int, int]
    applied_at: Mapping[int, datetime]


async def begin(connection: Connection, desk: str) -> Moment:
    """Locks the desk's row for this transaction, and takes the next place in its order."""
    record = await connection.fetchrow(DESK, desk)
    assert record is not None
    return Moment(record["changed_at"], record["version"])


async def fresh(connection: Connection, topic: str, marks: Mapping[str, tuple[int, int]]) -> set[str]:
    """Keys whose mark was below; from this commit on it isn't."""
    epochs, sequences = [epoch for epoch, _ in marks.values()], [sequence for _, sequence in marks.values()]
    return {record["key"] for record in await connection.fetch(MARK, topic, list(marks), epochs, sequences)}


async def save(connection: Connection, prefix: str, offers: Sequence[Offer], moment: Moment) -> None:
    desks = [offer.contact.desk for offer in offers]
    agents = {offer.agent.id: offer.agent for offer in offers}
    bodies = [item(offer, moment).decode() for offer in offers]
    bodies += [orjson.dumps(agent.body).decode() for agent in agents.values()]
    await connection.execute(
        DOCUMENTS,
        desks[0],
        moment.desk_seq,
        ["item"] * len(offers) + ["agent"] * len(agents),
        [offer.item_id for offer in offers] + list(agents),
        [ITEM_RANK] * len(offers) + [AGENT_RANK] * len(agents),
        bodies,
    )
    conversations = [offer.contact.conversation_id for offer in offers]
    names = [str(one) for one in conversations]
    await connection.execute(ITEMS, [UUID(offer.item_id) for offer in offers], conversations, desks)
    await connection.execute(TIMERS, moment.at + OFFER_FOR, names, desks)
    await connection.execute(SEQUENCES, f"{prefix}.work.v1", names)


async def keep(connection: Connection, rows: Sequence[Outbound], partitions: Sequence[int]) -> list[int]:
    """Into the outbox; their ids."""
    headers = [orjson.dumps([[name, value.decode()] for name, value in row.headers]).decode() for row in rows]
    columns = [row.topic for row in rows], list(partitions), [row.key for row in rows], headers
    return [record["id"] for record in await connection.fetch(OUTBOX, *columns, [row.value for row in rows])]


async def advance(connection: Connection, progress: Progress) -> None:
    offsets, applied = progress.next_offsets, progress.applied_at
    await connection.execute(OFFSETS, progress.group, progress.topic, list(offsets), list(offsets.values()))
    await connection.execute(APPLIED, progress.topic, list(applied), list(applied.values()))
