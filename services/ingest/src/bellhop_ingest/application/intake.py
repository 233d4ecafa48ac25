"""How do arrivals become durable? Resolve without locks, lock, decide again, write: one commit for the whole group."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bellhop_common.messaging.publisher import CombiningPublisher
from bellhop_common.postgres.database import Connection, Database, clock
from bellhop_common.postgres.outbox import Outbox, Outgoing
from bellhop_ingest.application.group_commit import Deferred
from bellhop_ingest.domain.admission import Admitted, Applicant, admit
from bellhop_ingest.domain.decide import Happening, IngestState
from bellhop_ingest.domain.events import IngestEvent
from bellhop_ingest.domain.places import entry_point_of
from bellhop_ingest.domain.view import Unread, View


class UnknownEntryPoint(Exception):
    """No desk has an entry point of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Store(Protocol):
    async def open(self, conn: Connection, desk: str, inputs: Sequence[Happening]) -> IngestState: ...
    async def write(self, conn: Connection, desk: str, before: IngestState, after: IngestState) -> object: ...


class Intake:
    """`commit` is what a `GroupCommit` calls."""

    def __init__(
        self,
        database: Database,
        store: Store,
        outbox: Outbox,
        publisher: CombiningPublisher,
        encode: Callable[[IngestEvent], Outgoing],
    ) -> None:
        self._database = database
        self._store = store
        self._outbox = outbox
        self._publisher = publisher
        self._encode = encode

    async def commit(self, applicants: Sequence[Applicant]) -> list[Admitted | Deferred]:
        async with self._database.transaction() as connection:
            before = await self._store.open(connection, "", list(applicants))
            now = await clock(connection)
            after, answers = admit_all(before, applicants, now)
            await self._store.write(connection, "", before, after)
            events = [event for answer in answers if isinstance(answer, Admitted) for event in answer.events]
            outgoing = [self._encode(event) for event in events]
            shards = await self._outbox.append(connection, outgoing, desk_seq=0, at=now)
        self._publisher.committed(shards)
        return answers


def admit_all(
    state: IngestState, applicants: Sequence[Applicant], now: datetime
) -> tuple[IngestState, list[Admitted | Deferred]]:
    """In the order given, each on top of the ones before. Who lacks a lock goes with the next group."""
    answers: list[Admitted | Deferred] = []
    for applicant in applicants:
        name = entry_point_of(applicant.outcome)
        place = state.places.find(name)
        if place is None:
            raise UnknownEntryPoint(name)
        view = View(state.documents, state.known)
        try:
            answers.append(admit(view, applicant, place, now))
        except Unread:
            answers.append(Deferred())
        else:
            state = replace(state, documents=view.documents)
    return state, answers
