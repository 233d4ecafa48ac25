"""How does a process keep a whole desk in memory without ever deciding on an old one?

Every transaction locks the desk's row and compares it with what the cache was read at. Any replica may
serve any desk: one that finds the row moved on reads what changed since, deletions being tombstones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID, uuid4

from bellhop_common.decision import Subject
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.state import Written
from bellhop_common.postgres import desk_rows
from bellhop_common.postgres.aggregates import Row
from bellhop_common.postgres.database import Connection
from bellhop_common.postgres.desk_rows import DeskRow

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")


@dataclass(frozen=True, slots=True)
class Document:
    """One changed thing of a desk; `value` None says that it is gone."""

    subject: Subject
    value: object | None


@dataclass(frozen=True, slots=True)
class DeskShape(Generic[StateT]):
    """How a desk's state is put together from documents and taken apart into changed ones.

    `assemble` may be told that something is gone which `previous` never had.
    """

    codecs: Mapping[str, Codec]
    assemble: Callable[[StateT | None, Sequence[Document]], StateT]
    changes: Callable[[StateT, StateT], Iterable[Document]]


@dataclass(frozen=True, slots=True)
class _Cached(Generic[StateT]):
    row: DeskRow
    state: StateT


class DeskCache(Generic[StateT, InputT]):
    """A desk's rows are locked by the desk's row alone, so all of its kinds must belong to one desk."""

    def __init__(self, shape: DeskShape[StateT]) -> None:
        self._shape = shape
        self._token: UUID = uuid4()
        self._cached: dict[str, _Cached[StateT]] = {}

    async def open(self, conn: Connection, desk: str, inputs: Sequence[InputT]) -> StateT:  # noqa: ARG002 - the whole desk
        row = await desk_rows.lock(conn, desk)
        cached = self._cached.get(desk)
        if cached is None or not _continues(cached.row, row):
            self.dropped(desk)
            return self._shape.assemble(None, await self._documents(conn, desk, None))
        if cached.row.version == row.version:
            return cached.state
        return self._shape.assemble(cached.state, await self._documents(conn, desk, cached.row.version))

    async def write(self, conn: Connection, desk: str, before: StateT, after: StateT) -> Written:
        """Counts the desk's version up even without a change: each deciding transaction has one of its own."""
        rows = [self._row(desk, document) for document in self._shape.changes(before, after)]
        saved = await desk_rows.save(conn, desk, self._token, rows)
        return Written(saved.version, saved.run)

    def committed(self, desk: str, after: StateT, written: Written) -> None:
        cached = self._cached.get(desk)
        if written.run is None or (cached is not None and cached.row.run != written.run):
            self.dropped(desk)  # which of the two servers' runs goes on, nobody here can say
        elif cached is None or cached.row.version < written.desk_seq:
            self._cached[desk] = _Cached(DeskRow(written.desk_seq, self._token, 0, written.run), after)

    def dropped(self, desk: str) -> None:
        self._cached.pop(desk, None)

    def peek(self, desk: str) -> StateT | None:
        """As this process last committed it; other replicas may have gone on since."""
        cached = self._cached.get(desk)
        return None if cached is None else cached.state

    async def look(self, conn: Connection, desk: str) -> StateT:
        """For readers that decide nothing: no lock, as last committed by anybody."""
        return self._shape.assemble(None, await self._documents(conn, desk, None))

    async def _documents(self, conn: Connection, desk: str, since: int | None) -> list[Document]:
        rows = await desk_rows.changed(conn, desk, sorted(self._shape.codecs), since)
        return [Document(row.subject, self._load(row)) for row in rows]

    def _load(self, row: Row) -> object | None:
        return None if row.body is None else self._shape.codecs[row.subject.kind].load(row.body)

    def _row(self, desk: str, document: Document) -> Row:
        body = None if document.value is None else self._shape.codecs[document.subject.kind].dump(document.value)
        return Row(document.subject, desk, 0, body)


def _continues(cached: DeskRow, row: DeskRow) -> bool:
    """False where the rows changed since can't tell all: tombstones were swept, or it is another server's database."""
    if cached.run != row.run:
        return False
    same = cached.version == row.version and cached.token == row.token
    return same or row.floor <= cached.version < row.version
