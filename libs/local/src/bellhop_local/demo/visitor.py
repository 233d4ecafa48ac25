"""What does a visitor do in a live chat? Writes, waits for the answer, says that it was seen, and leaves."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from bellhop_local.demo import contacts
from bellhop_local.demo.doors import PAUSE, TRIES, DoorShut
from bellhop_local.demo.script import Step

PATIENCE_SECONDS: Final = 45.0


@dataclass(frozen=True, slots=True)
class Visit:
    taken: bool
    answered: bool


async def visit(ingest: str, step: Step) -> Visit:
    """`taken` is what the demo accounts for: the service said that the message is durable.

    A line that broke is taken up again with the session that the service gave.
    """
    address = f"{ingest.replace('http', 'ws', 1)}/v1/chats/{contacts.CHAT}"
    page = Page(step)
    for _ in range(TRIES):
        try:
            async with connect(address + page.resuming) as socket:
                return await page.talk(socket)
        except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
            await asyncio.sleep(PAUSE)
    raise DoorShut("the chat could not be opened")


class Page:
    """The visitor's browser: what it keeps from one connection to the next."""

    def __init__(self, step: Step) -> None:
        person = {"name": step.person.name, "email": step.person.email, "locale": step.person.language}
        self._message = {"type": "message", "id": f"m{step.number}", "text": step.said.text, "visitor": person}
        self._session = ""
        self._taken = False

    @property
    def resuming(self) -> str:
        return f"?session={quote(self._session)}" if self._session else ""

    async def talk(self, socket: ClientConnection) -> Visit:
        """Raises when the line breaks before the answer came."""
        if not self._taken:
            await socket.send(orjson.dumps(self._message).decode())
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    if await self._heard(socket, _read(await socket.recv())):
                        return Visit(self._taken, answered=True)
        return Visit(self._taken, answered=False)

    async def _heard(self, socket: ClientConnection, told: dict[str, Any]) -> bool:
        match told.get("type"):
            case "session":
                self._session = str(told["session"])
            case "accepted":
                self._taken = True
            case "later":
                await asyncio.sleep(PAUSE)
                await socket.send(orjson.dumps(self._message).decode())
            case "reply":
                await socket.send(orjson.dumps({"type": "received", "id": told["id"]}).decode())
                return True
            case _:
                pass
        return False


def _read(frame: str | bytes) -> dict[str, Any]:
    parsed = orjson.loads(frame)
    return parsed if isinstance(parsed, dict) else {}
