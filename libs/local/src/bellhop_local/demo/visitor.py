"""What does a visitor do in a live chat? Writes, waits for the answer, says that it was seen, and leaves."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bellhop_local.demo import contacts
from bellhop_local.demo.doors import PAUSE, TRIES, DoorShut
from bellhop_local.demo.script import Step

PATIENCE_SECONDS: Final = 45.0


@dataclass(frozen=True, slots=True)
class Visit:
    taken: bool
    answered: bool


async def visit(ingest: str, step: Step) -> Visit:
    """`taken` is what the demo accounts for: the service said that the message is durable."""
    address = f"{ingest.replace('http', 'ws', 1)}/v1/chats/{contacts.CHAT}"
    for _ in range(TRIES):
        try:
            async with connect(address) as socket:
                return await _talk(socket, step)
        except (OSError, ConnectionClosed, InvalidStatus):
            await asyncio.sleep(PAUSE)
    raise DoorShut("the chat could not be opened")


async def _talk(socket: ClientConnection, step: Step) -> Visit:
    person = {"name": step.person.name, "email": step.person.email, "locale": step.person.language}
    message = {"type": "message", "id": f"m{step.number}", "text": step.said.text, "visitor": person}
    await socket.send(orjson.dumps(message).decode())
    taken = False
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for frame in socket:
                told = _read(frame)
                taken = taken or told.get("type") == "accepted"
                if told.get("type") == "reply":
                    await socket.send(orjson.dumps({"type": "received", "id": told["id"]}).decode())
                    return Visit(taken, answered=True)
    return Visit(taken, answered=False)


def _read(frame: str | bytes) -> dict[str, Any]:
    parsed = orjson.loads(frame)
    return parsed if isinstance(parsed, dict) else {}
