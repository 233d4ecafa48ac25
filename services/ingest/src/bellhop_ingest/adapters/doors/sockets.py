"""Which sockets on this replica belong to a conversation? What is said reaches all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import orjson
from fastapi import WebSocketDisconnect

from bellhop_common.events.wire import rfc3339
from bellhop_ingest.domain.chats import Said

# One page that doesn't read holds up all others of this replica for so long, once.
PATIENCE_SECONDS: Final = 1.0


class OpenSocket:
    """A visitor may have the page open twice; each page is told once."""

    def __init__(self, send_text: Callable[[str], Awaitable[None]]) -> None:
        self._send_text = send_text
        self._told: set[UUID] = set()

    async def send(self, frame: dict[str, object]) -> None:
        await self._send_text(orjson.dumps(frame).decode())

    async def say(self, said: Said) -> None:
        if said.notice_id in self._told:
            return
        self._told.add(said.notice_id)
        frame = {"type": "reply", "id": str(said.notice_id), "author": said.author, "text": said.text}
        await self.send({**frame, "at": rfc3339(said.at)})


class Sockets:
    """`count` is told how many there are; `patience` is in seconds."""

    def __init__(self, count: Callable[[float], None] = lambda _: None, patience: float = PATIENCE_SECONDS) -> None:
        self.count = count
        self._patience = patience
        self._by_conversation: dict[UUID, set[OpenSocket]] = {}

    def join(self, conversation_id: UUID, socket: OpenSocket) -> None:
        self._by_conversation.setdefault(conversation_id, set()).add(socket)
        self._tell()

    def leave(self, socket: OpenSocket) -> None:
        for conversation_id in [one for one, open_ in self._by_conversation.items() if socket in open_]:
            self._by_conversation[conversation_id].discard(socket)
            if not self._by_conversation[conversation_id]:
                del self._by_conversation[conversation_id]
        self._tell()

    def _tell(self) -> None:
        self.count(sum(map(len, self._by_conversation.values())))

    async def say(self, conversation_id: UUID, said: Said) -> None:
        """A socket that has gone or takes nothing is let go: what wasn't heard is said again on its return."""
        for socket in tuple(self._by_conversation.get(conversation_id, ())):
            try:
                async with asyncio.timeout(self._patience):
                    await socket.say(said)
            except (RuntimeError, OSError, TimeoutError, WebSocketDisconnect):
                self.leave(socket)
