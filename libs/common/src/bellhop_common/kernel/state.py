"""What must a store of state promise, so that a decision is made on the truth and written exactly once?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bellhop_common.postgres.database import Connection

StateT = TypeVar("StateT")
InputT_contra = TypeVar("InputT_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Written:
    """`desk_seq` is the desk row's version of the deciding transaction; 0 where no desk row is kept.

    `run` names the server's run in which it was written, where that matters.
    """

    desk_seq: int = 0
    run: datetime | None = None


class StateStore(Protocol[StateT, InputT_contra]):
    """Inside one transaction: `open`, at most one `write`; after it exactly one of `committed`, `dropped`."""

    async def open(self, conn: Connection, desk: str, inputs: Sequence[InputT_contra]) -> StateT:
        """Locks everything that these inputs touch, in the global order, and reads it under the lock."""
        ...

    async def write(self, conn: Connection, desk: str, before: StateT, after: StateT) -> Written:
        """Writes the difference; also when there is none, so that what was only locked leaves no trace."""
        ...

    def committed(self, desk: str, after: StateT, written: Written) -> None:
        """Only after a confirmed commit of a transaction that wrote."""
        ...

    def dropped(self, desk: str) -> None:
        """After any exception: nothing kept in memory about this desk can be trusted any more."""
        ...
