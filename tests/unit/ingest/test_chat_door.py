"""Does a chat's socket end in good order, whatever becomes of its entry point, its conversation or its visitor?"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI
from itsdangerous import URLSafeSerializer

from bellhop_common.decision import Subject
from bellhop_common.kernel.unit import SubjectHeld
from bellhop_ingest.adapters.doors.chat import ChatDoor, chat_routes
from bellhop_ingest.adapters.doors.counter import Counter, Rules
from bellhop_ingest.adapters.doors.sockets import Sockets
from bellhop_ingest.adapters.secrets import Secrets
from bellhop_ingest.application.front_desk import FrontDesk, FrontDeskParts
from bellhop_ingest.application.group_commit import Commit, Deferred, GroupCommit
from bellhop_ingest.application.intake import UnknownEntryPoint
from bellhop_ingest.domain.admission import Admitted, Applicant
from bellhop_ingest.domain.arrival import Attachment
from bellhop_ingest.domain.chats import Said
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.places import Places
from support.ingest_memory import NOON

CHAT = UUID(int=1)
HELLO = Said(UUID(int=2), "Eva", "Hello", NOON)
MESSAGE = {"type": "message", "id": "m1", "text": "Hello?"}
RECEIVED = {"type": "received", "id": str(HELLO.notice_id)}
SIGNER = URLSafeSerializer("a key", salt="chat-session")


@dataclass(slots=True)
class Page:
    """A visitor's end of the socket: says its frames, and leaves. Nothing can be sent to it once it has `gone`."""

    frames: list[dict[str, str]]
    told: list[dict[str, Any]] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    gone: bool = False
    connected: bool = False

    async def receive(self) -> dict[str, object]:
        if not self.connected:
            self.connected = True
            return {"type": "websocket.connect"}
        if self.gone or not self.frames:
            return {"type": "websocket.disconnect", "code": 1001}
        return {"type": "websocket.receive", "text": orjson.dumps(self.frames.pop(0)).decode()}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self.gone:
            raise OSError
        if message["type"] == "websocket.send":
            self.told.append(orjson.loads(message["text"]))
        if message["type"] == "websocket.close":
            self.closed.append(message["code"])


class HeldChats:
    """The conversation is known, and an earlier event of its chat waits for a person."""

    async def conversation_of(self, _entry_point: str, _session: str) -> UUID:
        return CHAT

    async def unheard(self, _conversation_id: UUID) -> tuple[Said, ...]:
        return ()

    async def heard(self, conversation_id: UUID, _notice_id: UUID) -> None:
        raise SubjectHeld(Subject("chat", str(conversation_id)))


async def admitted(applicants: Sequence[Applicant]) -> list[Admitted | Deferred]:
    return [Admitted(conversation_id=CHAT) for _ in applicants]


async def places() -> Places:
    return Places((Door("page", "chat", "support", 1),))


async def no_disk_needed(_: Sequence[Attachment]) -> None:
    return


async def visit(page: Page, commit: Commit[Applicant, Admitted] = admitted, sockets: Sockets | None = None) -> None:
    async with GroupCommit[Applicant, Admitted](commit) as commits:
        desk = FrontDesk(FrontDeskParts(commits, places, no_disk_needed, lambda: NOON))
        counter = Counter(desk, Secrets(None), Rules(max_body_bytes=10_000, max_mail_bytes=10_000))
        app = FastAPI()
        app.include_router(chat_routes(ChatDoor(counter, HeldChats(), sockets or Sockets(), SIGNER)))
        scope = {"type": "websocket", "path": "/v1/chats/page", "headers": [], "query_string": b""}
        await app(scope, page.receive, page.send)


async def test_an_entry_point_that_was_taken_away_closes_the_chat_as_not_found() -> None:
    async def removed(_: Sequence[Applicant]) -> list[Admitted | Deferred]:
        raise UnknownEntryPoint("page")

    page = Page([MESSAGE])
    await visit(page, removed)
    assert page.closed == [4404]


async def test_what_cannot_be_noted_as_heard_now_does_not_end_the_chat() -> None:
    page = Page([RECEIVED, MESSAGE])
    await visit(page)
    assert [one["type"] for one in page.told] == ["session", "accepted"]
    assert page.closed == []


async def test_a_visitor_who_is_found_gone_by_what_is_said_to_them_ends_the_chat_quietly() -> None:
    page, sockets = Page([MESSAGE]), Sockets()

    async def said_meanwhile(applicants: Sequence[Applicant]) -> list[Admitted | Deferred]:
        page.gone = True
        await sockets.say(CHAT, HELLO)
        return await admitted(applicants)

    await visit(page, said_meanwhile, sockets)
    assert [one["type"] for one in page.told] == ["session"]
