"""How does a service without a desk cache keep its state? As documents, locked per input, only changes written."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import immutables

from bellhop_common.decision import Subject
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.state import Written
from bellhop_common.postgres import aggregates
from bellhop_common.postgres.aggregates import Row
from bellhop_common.postgres.database import Connection

InputT = TypeVar("InputT")
DocumentMap = immutables.Map[Subject, object]


def reads_nothing(_input: object) -> Iterable[Subject]:
    return ()


class Documents(Generic[InputT]):
    """State is a map from subject to frozen dataclass; a subject that isn't there has no entry.

    `subjects` are locked and may be written. `reads` are only looked at, as last committed, and never written:
    a desk's file, a customer's profile.
    """

    def __init__(
        self,
        codecs: Mapping[str, Codec],
        subjects: Callable[[InputT], Iterable[Subject]],
        reads: Callable[[InputT], Iterable[Subject]] = reads_nothing,
    ) -> None:
        self._codecs = codecs
        self._subjects = subjects
        self._reads = reads

    async def open(self, conn: Connection, desk: str, inputs: Sequence[InputT]) -> DocumentMap:
        own = {subject for one in inputs for subject in self._subjects(one)}
        seen = {subject for one in inputs for subject in self._reads(one)} - own
        rows = await aggregates.lock(conn, own, desk)
        rows.update(await aggregates.read(conn, seen))
        return self._state(rows)

    async def write(self, conn: Connection, desk: str, before: DocumentMap, after: DocumentMap) -> Written:
        changed = [subject for subject, value in after.items() if before.get(subject) is not value]
        await aggregates.save(conn, [self._row(subject, desk, after[subject]) for subject in changed])
        await aggregates.remove(conn, [subject for subject in before if subject not in after])
        return Written()

    def committed(self, desk: str, after: DocumentMap, written: Written) -> None:
        """Nothing is kept between transactions."""

    def dropped(self, desk: str) -> None:
        """Nothing is kept between transactions."""

    async def look(self, conn: Connection, subjects: Collection[Subject]) -> DocumentMap:
        """For readers that decide nothing: no lock, as last committed."""
        return self._state(await aggregates.read(conn, subjects))

    def _state(self, rows: Mapping[Subject, Row]) -> DocumentMap:
        return immutables.Map({row.subject: self._load(row) for row in rows.values() if row.body is not None})

    def _load(self, row: Row) -> object:
        return self._codecs[row.subject.kind].load(row.body or {})

    def _row(self, subject: Subject, desk: str, value: object) -> Row:
        return Row(subject, desk, 0, self._codecs[subject.kind].dump(value))
