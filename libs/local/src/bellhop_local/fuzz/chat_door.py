"""What do bad frames look like on a visitor's socket, and how must the page be answered?"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bellhop_local.fuzz.doors import Wrong, shown
from bellhop_local.fuzz.mutations import damaged, noise, odd_text, spoilt, written

KINDS: Final = frozenset({"session", "accepted", "refused", "ignored", "later", "reply"})
# Closed because the frame was no text, or too long (RFC 6455, 7.4.1).
OF_THE_PROTOCOL: Final = frozenset({1002, 1003, 1007, 1009})
TOO_LONG: Final = "a" * 600_000
FRAMES: Final[Sequence[dict[str, object]]] = (
    {"type": "message", "id": "m1", "text": "Hello", "visitor": {"name": "Lu", "email": "lu@chat.example"}},
    {"type": "edit", "id": "m1", "text": "Hello there"},
    {"type": "delete", "id": "m1"},
    {"type": "typing"},
    {"type": "received", "id": "00000000-0000-4000-8000-000000000001"},
    {"type": "close", "at": "2026-03-02T10:00:00Z"},
)


@dataclass(frozen=True, slots=True)
class ChatDoor:
    """`url` of the service, with `ws:`; `page` is an entry point that has a chat."""

    url: str
    page: str
    name: str = "chat"

    async def attack(self, chance: Random) -> Wrong | None:
        if chance.random() < 0.1:  # noqa: PLR2004 - a tenth tries to be somebody else, or somewhere else
            return await self._knock(chance)
        frames = [_frame(chance) for _ in range(chance.randint(1, 4))]
        what = await self._talk(frames)
        # What is longer than a frame may be ends the line, with or without a word.
        return None if what is None or TOO_LONG in frames else Wrong(what, shown(frames))

    async def prove(self) -> Sequence[Wrong]:
        what = await self._talk(())
        return () if what is None else (Wrong(what, "a good message on a new socket"),)

    async def _talk(self, frames: Sequence[str | bytes]) -> str | None:
        try:
            async with connect(f"{self.url}/v1/chats/{self.page}") as socket:
                await socket.recv()
                for frame in frames:
                    await socket.send(frame)
                return await _next_good(socket)
        except ConnectionClosed as closed:
            code = 0 if closed.rcvd is None else closed.rcvd.code
            return None if code in OF_THE_PROTOCOL else f"closed with {code}"

    async def _knock(self, chance: Random) -> Wrong | None:
        text = quote(odd_text(chance).encode("utf-8", "surrogatepass")[:900], safe="")
        where = chance.choice((f"/v1/chats/{text}", f"/v1/chats/{self.page}?session={text}"))
        try:
            async with connect(self.url + where) as socket:
                await socket.recv()
                return None
        except InvalidStatus as refused:
            status = refused.response.status_code
            return None if status in {400, 403, 404} else Wrong(f"{status} instead of a socket", where)
        except ConnectionClosed as closed:
            code = 0 if closed.rcvd is None else closed.rcvd.code
            return None if 4400 <= code < 4500 else Wrong(f"closed with {code}", where)  # noqa: PLR2004 - ours


async def _next_good(socket: ClientConnection) -> str | None:
    """Whatever came before it, a good message is answered."""
    wanted = f"good-{uuid4()}"
    await socket.send(orjson.dumps({"type": "message", "id": wanted, "text": "Still there?"}).decode())
    while True:
        told = orjson.loads(await socket.recv())
        if told.get("type") not in KINDS:
            return f"a frame of no known type: {str(told)[:200]}"
        if told.get("id") == wanted:
            return None if told["type"] in {"accepted", "later"} else f"a good message is {str(told)[:200]}"


def _frame(chance: Random) -> str | bytes:
    good = chance.choice(FRAMES)
    match chance.randrange(12):
        case 0:
            return noise(chance)
        case 1 | 2:
            return damaged(written(good), chance).decode("utf-8", "replace")
        case 3 if chance.random() < 0.1:  # noqa: PLR2004 - it is slow to send
            return TOO_LONG
        case _:
            return written(spoilt(good, chance)).decode()
