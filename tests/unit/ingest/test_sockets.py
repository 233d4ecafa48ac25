"""Does what is said reach every open page of a conversation, and does one that doesn't read hold up nobody for long?"""

import asyncio
from uuid import UUID

from fastapi import WebSocketDisconnect

from bellhop_ingest.adapters.doors.sockets import OpenSocket, Sockets
from bellhop_ingest.domain.chats import Said
from support.ingest_memory import NOON

CHAT, OTHER = UUID(int=1), UUID(int=2)
HELLO = Said(UUID(int=3), "Eva", "Hello", NOON)


class Pages:
    """What each page was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def take(self, text: str) -> None:
        self.sent.append(text)


async def never(_: str) -> None:
    await asyncio.Event().wait()


async def gone(_: str) -> None:
    raise RuntimeError("closed")


async def left(_: str) -> None:
    raise WebSocketDisconnect(1006)


async def test_every_open_page_of_the_conversation_is_told_once() -> None:
    one, two, stranger = Pages(), Pages(), Pages()
    found = Sockets()
    for page, conversation_id in ((one, CHAT), (two, CHAT), (stranger, OTHER)):
        found.join(conversation_id, OpenSocket(page.take))
    for _ in range(2):
        await found.say(CHAT, HELLO)
    assert [len(page.sent) for page in (one, two, stranger)] == [1, 1, 0]


async def test_a_page_that_left_is_told_nothing_and_not_counted() -> None:
    counts: list[float] = []
    page, found = Pages(), Sockets(counts.append)
    socket = OpenSocket(page.take)
    found.join(CHAT, socket)
    found.leave(socket)
    await found.say(CHAT, HELLO)
    assert (page.sent, counts) == ([], [1, 0])


async def test_a_page_that_does_not_read_is_let_go_and_the_others_are_told() -> None:
    counts: list[float] = []
    page, found = Pages(), Sockets(counts.append, patience=0.01)
    for send in (never, gone, left, page.take):
        found.join(CHAT, OpenSocket(send))
    await found.say(CHAT, HELLO)
    assert len(page.sent) == 1
    assert counts[-1] == 1
