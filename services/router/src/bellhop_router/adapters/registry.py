"""Where is a conversation's work, and what was its last item? Rows that outlive the items themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson

from bellhop_common.kernel.codec import Codec
from bellhop_common.postgres.database import Connection
from bellhop_router.domain.names import AgentId, ConversationId, WorkItemId
from bellhop_router.domain.work import Ended, WorkItem

ITEM: Final = Codec(WorkItem)

LATEST: Final = """
SELECT DISTINCT ON (conversation_id) conversation_id, work_item_id, body FROM work_items
WHERE conversation_id = ANY($1) ORDER BY conversation_id, cycle DESC
"""
DESKS: Final = """
SELECT DISTINCT ON (conversation_id) conversation_id, desk FROM work_items
WHERE conversation_id = ANY($1) ORDER BY conversation_id, cycle DESC
"""
SAVE: Final = """
INSERT INTO work_items AS w (work_item_id, conversation_id, cycle, desk, ended_at, body)
SELECT id, conversation_id, cycle, $1, ended_at, body::jsonb
FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::timestamptz[], $6::text[])
    AS n (id, conversation_id, cycle, ended_at, body)
ORDER BY id
ON CONFLICT (work_item_id) DO UPDATE SET ended_at = excluded.ended_at, body = excluded.body
"""
FIND: Final = "SELECT conversation_id, desk, body, clock_timestamp() AS now FROM work_items WHERE work_item_id = $1"
AGENT: Final = """
SELECT desk, (body->>'lease_seconds')::float8 AS lease_seconds FROM aggregates
WHERE kind = 'agent' AND id = $1 AND body IS NOT NULL
"""
# The lease's timer alone moves: no lock on the desk, no event. Its due time decides whether it fires.
RENEW: Final = """
UPDATE timers SET due_at = clock_timestamp() + make_interval(secs => $2)
WHERE kind = 'lease' AND subject_kind = 'agent' AND subject_id = $1 RETURNING due_at
"""
ELSEWHERE: Final = """
SELECT id, desk FROM aggregates WHERE kind = 'agent' AND desk <> $1 AND id = ANY($2) AND body IS NOT NULL ORDER BY id
"""
# A desk's lock says nothing of others. Sorted, so that two desks that claim the same agents don't block each other.
CLAIM: Final = """
SELECT pg_advisory_xact_lock(hashtext(current_schema() || '/agents'), name)
FROM (SELECT DISTINCT hashtext(id) AS name FROM unnest($1::text[]) AS w (id) ORDER BY name) AS sorted
"""
OTHER_FILES: Final = "SELECT id, body->>'source' AS source FROM aggregates WHERE kind = 'desk-file' AND id <> $1"


@dataclass(frozen=True, slots=True)
class Place:
    """`ended` is the item as it was at its end, None while it lives. `now` is the database's clock."""

    conversation_id: ConversationId
    desk: str
    now: datetime
    ended: WorkItem | None = None


@dataclass(frozen=True, slots=True)
class AgentPlace:
    desk: str
    lease_seconds: float


async def latest(
    connection: Connection, conversations: Collection[ConversationId]
) -> dict[ConversationId, WorkItem | WorkItemId]:
    """The last item of each conversation, by its id alone where it hasn't ended."""
    rows = await connection.fetch(LATEST, sorted(conversations)) if conversations else []
    return {
        ConversationId(row["conversation_id"]): _item(row["body"]) or WorkItemId(row["work_item_id"]) for row in rows
    }


async def desks(connection: Connection, conversations: Collection[UUID]) -> dict[UUID, str]:
    rows = await connection.fetch(DESKS, sorted(conversations)) if conversations else []
    return {row["conversation_id"]: row["desk"] for row in rows}


async def save(connection: Connection, desk: str, items: Sequence[WorkItem]) -> None:
    """New items and ended ones; what is alive has no body here."""
    if not items:
        return
    ends = [item.step if isinstance(item.step, Ended) else None for item in items]
    await connection.execute(
        SAVE,
        desk,
        [item.id for item in items],
        [item.conversation_id for item in items],
        [item.cycle for item in items],
        [None if end is None else end.at for end in ends],
        [
            None if end is None else orjson.dumps(ITEM.dump(item)).decode()
            for item, end in zip(items, ends, strict=True)
        ],
    )


async def find(connection: Connection, work_item_id: UUID) -> Place | None:
    row = await connection.fetchrow(FIND, work_item_id)
    if row is None:
        return None
    return Place(ConversationId(row["conversation_id"]), row["desk"], row["now"], _item(row["body"]))


async def agent(connection: Connection, agent_id: AgentId) -> AgentPlace | None:
    row = await connection.fetchrow(AGENT, agent_id)
    return None if row is None else AgentPlace(row["desk"], row["lease_seconds"])


async def renew_lease(connection: Connection, agent_id: AgentId, seconds: float) -> datetime | None:
    """None when there is no lease any more."""
    found = await connection.fetchval(RENEW, agent_id, seconds)
    return found if isinstance(found, datetime) else None


async def agents_elsewhere(connection: Connection, desk: str, agents: Collection[AgentId]) -> dict[AgentId, str]:
    """Which of these agents another desk has."""
    return {AgentId(row["id"]): row["desk"] for row in await connection.fetch(ELSEWHERE, desk, sorted(agents))}


async def claim(connection: Connection, desk: str, agents: Collection[AgentId]) -> dict[AgentId, str]:
    """The same, and until this transaction ends no other desk takes one of them in."""
    await connection.execute(CLAIM, sorted(agents))
    return await agents_elsewhere(connection, desk, agents)


async def other_files(connection: Connection, desk: str) -> dict[str, str]:
    """The desk files of all other desks, as JSON."""
    return {row["id"]: row["source"] for row in await connection.fetch(OTHER_FILES, desk)}


def _item(body: object) -> WorkItem | None:
    if body is None:
        return None
    if not isinstance(body, dict):
        raise TypeError(f"a body is an object, got {type(body).__name__}")
    loaded = ITEM.load(body)
    return loaded if isinstance(loaded, WorkItem) else None
