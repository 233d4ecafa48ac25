"""Which documents may a decision look at? Those that were read; asking for another says which one is wanted."""

from collections.abc import Iterable
from typing import TypeVar

import immutables

from bellhop_common.decision import Subject

DocumentT = TypeVar("DocumentT")
DocumentMap = immutables.Map[Subject, object]


class Unread(Exception):
    """These were not read (or not locked) yet; read them and decide again."""

    def __init__(self, subjects: frozenset[Subject]) -> None:
        super().__init__(f"{len(subjects)} subjects not read")
        self.subjects = subjects


class View:
    """`known` are the subjects that were read, whether there was a document or not. `asked` grows as it is used."""

    __slots__ = ("_documents", "_known", "asked")

    def __init__(self, documents: DocumentMap, known: frozenset[Subject]) -> None:
        self._documents = documents
        self._known = known
        self.asked: set[Subject] = set()

    def copy(self) -> "View":
        """The same documents, nothing asked yet."""
        return View(self._documents, self._known)

    def need(self, subjects: Iterable[Subject]) -> None:
        """Asks for all of them at once, so that they are read in one go."""
        wanted = frozenset(subjects)
        self.asked |= wanted
        unread = frozenset(s for s in wanted if s not in self._known and s not in self._documents)
        if unread:
            raise Unread(unread)

    def get(self, subject: Subject, kind: type[DocumentT]) -> DocumentT | None:
        self.need((subject,))
        found = self._documents.get(subject)
        if found is not None and not isinstance(found, kind):
            raise TypeError(f"{subject.kind} {subject.id} is a {type(found).__name__}, not a {kind.__name__}")
        return found

    def put(self, subject: Subject, document: object) -> None:
        self.need((subject,))
        self._documents = self._documents.set(subject, document)

    @property
    def documents(self) -> DocumentMap:
        return self._documents
