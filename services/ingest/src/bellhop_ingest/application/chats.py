"""What does a chat's socket ask of the service? Its conversation, what was not heard yet, and to note what was."""

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import immutables

from bellhop_common.decision import Subject
from bellhop_common.ids import natural_id
from bellhop_ingest.domain.chats import ChatHeard, ChatLog, Said, chat_subject
from bellhop_ingest.domain.documents import Thread, provider_thread
from bellhop_ingest.domain.inputs import IngestInput

Look = Callable[[Collection[Subject]], Awaitable[immutables.Map[Subject, object]]]
Execute = Callable[[IngestInput, UUID], Awaitable[object]]


class VisitorChats:
    """`look` reads documents without locks; `execute` handles an input in a transaction of its own, once."""

    def __init__(self, look: Look, execute: Execute) -> None:
        self._look = look
        self._execute = execute

    async def conversation_of(self, entry_point: str, session: str) -> UUID | None:
        subject = provider_thread(entry_point, session)
        found = (await self._look([subject])).get(subject)
        return found.conversation_id if isinstance(found, Thread) else None

    async def unheard(self, conversation_id: UUID) -> tuple[Said, ...]:
        subject = chat_subject(conversation_id)
        found = (await self._look([subject])).get(subject)
        return found.unheard() if isinstance(found, ChatLog) else ()

    async def heard(self, conversation_id: UUID, notice_id: UUID) -> None:
        command_id = natural_id("chat-heard", str(conversation_id), str(notice_id))
        await self._execute(ChatHeard(conversation_id, notice_id), command_id)
