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
AGENT_DESK: Final = "SELECT desk FROM aggregates WHERE kind = 'agent' AND id = $1 AND body IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Place:
    """`ended` is the item as it was at its end, None while it lives. `now` is the database's clock."""

    conversation_id: ConversationId
    desk: str
    now: datetime
    ended: WorkItem | None = None


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


async def desk_of_agent(connection: Connection, agent_id: AgentId) -> str | None:
    found = await connection.fetchval(AGENT_DESK, agent_id)
    return found if isinstance(found, str) else None


def _item(body: object) -> WorkItem | None:
    if body is None:
        return None
    if not isinstance(body, dict):
        raise TypeError(f"a body is an object, got {type(body).__name__}")
    loaded = ITEM.load(body)
    return loaded if isinstance(loaded, WorkItem) else None
