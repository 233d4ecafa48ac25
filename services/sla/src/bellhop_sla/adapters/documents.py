"""How are conversations and desk files kept? As documents; a desk's file is at hand whatever comes for the desk."""

from collections.abc import Sequence
from typing import TypeAlias

from bellhop_common.decision import CallEnded, TimerDue
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.documents import Documents
from bellhop_common.postgres.database import Connection
from bellhop_sla.domain.conversation import Conversation
from bellhop_sla.domain.decide import State
from bellhop_sla.domain.desk_file import DeskFile
from bellhop_sla.domain.inputs import Input, desk_file_subject, written_by

Happening: TypeAlias = Input | TimerDue | CallEnded


class SlaDocuments(Documents[Happening]):
    """A timer names only its conversation, so the file is read for the desk of the transaction."""

    def __init__(self) -> None:
        super().__init__({"conversation": Codec(Conversation), "desk-file": Codec(DeskFile)}, written_by)

    async def open(self, conn: Connection, desk: str, inputs: Sequence[Happening]) -> State:
        state = await super().open(conn, desk, inputs)
        subject = desk_file_subject(desk)
        if subject in state:
            return state
        return state.update(await self.look(conn, [subject]))
