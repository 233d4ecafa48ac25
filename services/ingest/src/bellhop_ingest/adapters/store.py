"""How does ingest read and lock? First without locks, to learn what is needed; then exactly that, in order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import immutables

from bellhop_common.decision import Subject
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.state import Written
from bellhop_common.postgres import aggregates
from bellhop_common.postgres.aggregates import Row
from bellhop_common.postgres.database import Connection, Database, clock
from bellhop_common.tokens import conversation_token
from bellhop_ingest.domain.chats import ChatLog
from bellhop_ingest.domain.customers import UnknownCustomer
from bellhop_ingest.domain.decide import Happening, IngestState, NoDesk, desk_subject, take
from bellhop_ingest.domain.documents import Arrived, Conversation, Customer, Early, HandleOwner, Thread
from bellhop_ingest.domain.inputs import DeskDoors
from bellhop_ingest.domain.places import Places, gather
from bellhop_ingest.domain.view import DocumentMap, Unread, View

CODECS: Final = {
    "arrival": Codec(Arrived),
    "chat": Codec(ChatLog),
    "conversation": Codec(Conversation),
    "customer": Codec(Customer),
    "desk-file": Codec(DeskDoors),
    "early": Codec(Early),
    "handle": Codec(HandleOwner),
    "thread": Codec(Thread),
}
VERSIONS: Final = "SELECT id, version FROM aggregates WHERE kind = 'desk-file' AND body IS NOT NULL ORDER BY id"
# Sender, customer, threads, conversation, one step for a merge each: more would be a loop in the data.
WAVES: Final = 12


class TangledReferences(Exception):
    """What an arrival refers to never comes to an end."""


class IngestStore:
    """`token_keys`: all active keys, the newest first; a reply under an older one still finds its conversation."""

    def __init__(self, token_keys: Sequence[bytes]) -> None:
        self._token_keys = tuple(token_keys)
        self._desks: dict[str, tuple[int, DeskDoors]] = {}
        self._places: Places | None = None

    async def open(self, conn: Connection, desk: str, inputs: Sequence[Happening]) -> IngestState:
        places = await self.places(conn)
        wanted = await self._resolve(conn, places, inputs)
        rows = await aggregates.lock(conn, wanted, desk)
        return IngestState(_load(rows.values()), frozenset(wanted), places)

    async def write(self, conn: Connection, desk: str, before: IngestState, after: IngestState) -> Written:
        changed = [one for one, value in after.documents.items() if before.documents.get(one) is not value]
        rows = [Row(one, desk, 0, CODECS[one.kind].dump(after.documents[one])) for one in changed]
        await aggregates.save(conn, rows)
        return Written()

    def committed(self, desk: str, after: IngestState, written: Written) -> None:
        """Nothing is kept between transactions but the desks, which carry their version."""

    def dropped(self, desk: str) -> None:
        """As `committed`."""

    async def places(self, conn: Connection) -> Places:
        """The entry points of all desks; a desk's document is read anew only when it changed."""
        versions = {record["id"]: record["version"] for record in await conn.fetch(VERSIONS)}
        changed = [name for name, version in versions.items() if self._desks.get(name, (None,))[0] != version]
        if changed or self._places is None:
            for row in (await aggregates.read(conn, [desk_subject(name) for name in changed])).values():
                doors = CODECS["desk-file"].load(row.body or {})
                assert isinstance(doors, DeskDoors)  # noqa: S101 - the codec's type
                self._desks[row.subject.id] = (row.version, doors)
            self._places = gather((doors for _, doors in self._desks.values()), self._tokens)
        return self._places

    async def look(self, database: Database, subjects: Collection[Subject]) -> DocumentMap:
        """Without locks, as last committed."""
        async with database.acquire() as connection:
            return _load((await aggregates.read(connection, subjects)).values())

    def _tokens(self, conversation_id: UUID) -> tuple[str, ...]:
        return tuple(conversation_token(key, conversation_id) for key in self._token_keys)

    async def _resolve(self, conn: Connection, places: Places, inputs: Sequence[Happening]) -> set[Subject]:
        documents: DocumentMap = immutables.Map()
        known: frozenset[Subject] = frozenset()
        wanted: set[Subject] = set()
        unresolved, now = inputs, await clock(conn)
        for _ in range(WAVES):
            wave = _probe(View(documents, known), places, unresolved, now)
            wanted |= wave.asked
            if not wave.unresolved:
                return wanted
            documents = documents.update(_load((await aggregates.read(conn, wave.unread)).values()))
            known |= wave.unread
            unresolved = wave.unresolved
        raise TangledReferences


@dataclass(frozen=True, slots=True)
class _Wave:
    """What the resolved inputs asked for, which aren't resolved yet, and what they lack."""

    asked: set[Subject]
    unresolved: Sequence[Happening]
    unread: frozenset[Subject]


def _probe(seen: View, places: Places, inputs: Sequence[Happening], now: datetime) -> _Wave:
    """Each for itself, on what was read so far; nothing of it is kept but what it asked for."""
    asked: set[Subject] = set()
    unread: set[Subject] = set()
    unresolved: list[Happening] = []
    for one in inputs:
        view = seen.copy()
        try:
            take(view, places, one, now)
        except Unread as missing:
            unread |= missing.subjects
            unresolved.append(one)
        except (UnknownCustomer, NoDesk):
            asked |= view.asked
        else:
            asked |= view.asked
    return _Wave(asked, unresolved, frozenset(unread))


def _load(rows: Iterable[Row]) -> DocumentMap:
    return immutables.Map(
        {row.subject: CODECS[row.subject.kind].load(row.body) for row in rows if row.body is not None}
    )
