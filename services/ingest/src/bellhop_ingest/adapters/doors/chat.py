"""How does a visitor chat? One socket with a signed session that can be taken up again on any replica."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID, uuid4

import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.websockets import WebSocketDisconnected

from bellhop_common.kernel.unit import SubjectHeld
from bellhop_common.postgres.errors import TROUBLE, Outage, classify
from bellhop_ingest.adapters.doors.counter import Counter, described
from bellhop_ingest.adapters.doors.sockets import OpenSocket, Sockets
from bellhop_ingest.application.front_desk import Answer
from bellhop_ingest.application.group_commit import Busy
from bellhop_ingest.application.intake import UnknownEntryPoint
from bellhop_ingest.domain.admission import Admitted
from bellhop_ingest.domain.chats import Said

MAX_FRAME: Final = 64 * 1024
TRY_AGAIN_LATER: Final = 1013
NOT_FOUND: Final = 4404
BAD_SESSION: Final = 4401
AWAY: Final = (Outage, *TROUBLE)
# The second one is raised once what somebody else said has found the socket gone.
GONE: Final = (WebSocketDisconnect, WebSocketDisconnected)
NO_SUCH: Final = "no such entry point"


class Chats(Protocol):
    """What the service knows of a visitor's chat."""

    async def conversation_of(self, entry_point: str, session: str) -> UUID | None: ...
    async def unheard(self, conversation_id: UUID) -> tuple[Said, ...]: ...
    async def heard(self, conversation_id: UUID, notice_id: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class ChatDoor:
    counter: Counter
    chats: Chats
    sockets: Sockets
    signer: URLSafeSerializer


@dataclass(slots=True)
class _Visit:
    """One connection. `conversation_id` is known from the first message on, or from a resumed session."""

    entry_point: str
    session: str
    socket: OpenSocket
    conversation_id: UUID | None = None


def chat_routes(door: ChatDoor) -> APIRouter:
    routes = APIRouter(tags=["chat"])

    @routes.websocket("/v1/chats/{entry_point}")
    async def chat(websocket: WebSocket, entry_point: str, session: str | None = None) -> None:
        with suppress(*GONE):
            await websocket.accept()
            try:
                visit = await _begin(door, websocket, entry_point, session)
                if visit is not None:
                    await _stay(door, websocket, visit)
            except UnknownEntryPoint:  # a desk file took it away in the middle of a chat
                await websocket.close(NOT_FOUND, NO_SUCH)
            except AWAY as error:
                await websocket.close(TRY_AGAIN_LATER, classify(error).reason)

    return routes


async def _begin(door: ChatDoor, websocket: WebSocket, entry_point: str, given: str | None) -> _Visit | None:
    try:
        found = await door.counter.desk.door(entry_point)
    except Busy as busy:
        await websocket.close(TRY_AGAIN_LATER, busy.why)
        return None
    if found is None or found.channel != "chat":
        await websocket.close(NOT_FOUND, NO_SUCH)
        return None
    session = str(uuid4()) if given is None else _read(door, given, entry_point)
    if session is None:
        await websocket.close(BAD_SESSION, "the session isn't one of ours")
        return None
    return _Visit(entry_point, session, OpenSocket(websocket.send_text))


async def _stay(door: ChatDoor, websocket: WebSocket, visit: _Visit) -> None:
    """However it ends, also before the first frame, the socket is forgotten."""
    token = door.signer.dumps({"entry_point": visit.entry_point, "session": visit.session})
    try:
        await visit.socket.send({"type": "session", "session": token})
        await _attach(door, visit)
        while True:
            await _frame(door, visit, await _text_of(websocket))
    finally:
        door.sockets.leave(visit.socket)


async def _text_of(websocket: WebSocket) -> str:
    """Bytes are no frame of ours, and no reason to hang up either."""
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    return str(message.get("text") or "")


def _read(door: ChatDoor, token: str, entry_point: str) -> str | None:
    try:
        known = door.signer.loads(token)
    except BadSignature:
        return None
    return str(known["session"]) if known.get("entry_point") == entry_point else None


async def _attach(door: ChatDoor, visit: _Visit) -> None:
    """Whatever was said while nobody listened is said again; the page drops what it has."""
    if visit.conversation_id is None:
        visit.conversation_id = await door.chats.conversation_of(visit.entry_point, visit.session)
    if visit.conversation_id is None:
        return
    door.sockets.join(visit.conversation_id, visit.socket)
    for said in await door.chats.unheard(visit.conversation_id):
        await visit.socket.say(said)


async def _frame(door: ChatDoor, visit: _Visit, text: str) -> None:
    frame = _parsed(text)
    if frame is None:
        await visit.socket.send(
            {"type": "refused", "errors": [_error("frame", "not a JSON object", "one, up to 64 KiB")]}
        )
        return
    if frame.get("type") == "received":
        await _received(door, visit, frame)
        return
    raw = orjson.dumps({**frame, "session": visit.session, "visitor": _visitor(visit, frame)})
    try:
        answers = await door.counter.hand_in("chat", raw, visit.entry_point)
    except Busy as busy:
        await visit.socket.send({"type": "later", "id": frame.get("id"), "reason": busy.why})
        return
    for answer in answers:
        await _answer(door, visit, frame, answer)


async def _received(door: ChatDoor, visit: _Visit, frame: dict[str, object]) -> None:
    """What isn't noted, since an earlier event of the chat waits for a person, is only said again."""
    with suppress(ValueError, SubjectHeld):
        if visit.conversation_id is not None:
            await door.chats.heard(visit.conversation_id, UUID(str(frame.get("id"))))


async def _answer(door: ChatDoor, visit: _Visit, frame: dict[str, object], answer: Answer) -> None:
    told = described(answer)
    await visit.socket.send({**told, "type": told["outcome"], "id": frame.get("id")})
    if isinstance(answer, Admitted) and visit.conversation_id is None and answer.conversation_id is not None:
        visit.conversation_id = answer.conversation_id
        await _attach(door, visit)


def _visitor(visit: _Visit, frame: dict[str, object]) -> dict[str, object]:
    """Who they are is what the page says; which session it is, only the signature says."""
    given = frame.get("visitor")
    known = given if isinstance(given, dict) else {}
    return {**{name: known[name] for name in ("name", "email", "locale") if name in known}, "id": visit.session}


def _parsed(text: str) -> dict[str, object] | None:
    if len(text) > MAX_FRAME:
        return None
    try:
        frame = orjson.loads(text)
        orjson.dumps(frame)  # more levels can be read than written
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    return frame if isinstance(frame, dict) else None


def _error(path: str, got: str, expected: str) -> dict[str, str]:
    return {"path": path, "got": got, "expected": expected}
