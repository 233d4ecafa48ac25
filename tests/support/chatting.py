"""How does a test talk through the chat page's socket? Frames as JSON, and the answers in the order they come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

from support.service_process import ServiceProcess


@dataclass(slots=True)
class Page:
    """`session` is what a page keeps to come back with."""

    socket: ClientConnection
    session: str

    async def send(self, **frame: object) -> None:
        await self.socket.send(orjson.dumps(frame).decode())

    async def next(self, kind: str) -> dict[str, Any]:
        """The next frame must be of this kind."""
        frame = await frame_of(self.socket)
        assert frame["type"] == kind, frame
        return frame

    async def say(self, message_id: str, text: str, **more: object) -> dict[str, Any]:
        await self.send(type="message", id=message_id, text=text, **more)
        return await self.next("accepted")


async def frame_of(socket: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = orjson.loads(await socket.recv())
    return frame


@asynccontextmanager
async def page(replica: ServiceProcess, session: str | None = None, door: str = "page") -> AsyncIterator[Page]:
    query = "" if session is None else f"?session={session}"
    async with connect(f"{replica.url.replace('http', 'ws')}/v1/chats/{door}{query}") as socket:
        token = (await frame_of(socket))["session"]
        yield Page(socket, token)
