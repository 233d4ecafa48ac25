"""What does somebody hear over HTTP whose request met a server that went away?"""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from fastapi import FastAPI, HTTPException, Request, WebSocket
from fastapi.testclient import TestClient
from pydantic import BaseModel

from bellhop_common.decision import Subject
from bellhop_common.events.durations import Duration
from bellhop_common.http.problems import Problem, install_problems
from bellhop_common.kernel.unit import SubjectHeld
from bellhop_common.postgres.errors import Outage


@dataclass(slots=True)
class Line:
    """A socket's server: it takes what a server takes, and nothing else."""

    sent: list[MutableMapping[str, Any]] = field(default_factory=list)
    scope: dict[str, object] = field(
        default_factory=lambda: {"type": "websocket", "path": "/line", "headers": [], "query_string": b""}
    )

    async def receive(self) -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        assert message["type"] in {"websocket.accept", "websocket.send", "websocket.close"}
        self.sent.append(message)


def app(error: Exception, *, closes_first: bool = False) -> FastAPI:
    made = FastAPI()
    install_problems(made)

    @made.get("/it")
    async def it() -> None:
        raise error

    @made.websocket("/line")
    async def line(websocket: WebSocket) -> None:
        await websocket.accept()
        if closes_first:
            await websocket.close()
        raise error

    return made


def client(error: Exception) -> TestClient:
    return TestClient(app(error), raise_server_exceptions=False)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.ConnectionDoesNotExistError("gone in the middle"),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionRefusedError(111, "refused"),
        TimeoutError(),
    ],
)
def test_a_database_that_is_away_is_told_as_not_now(error: Exception) -> None:
    answer = client(error).get("/it")
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["title"]) == (503, "1", "Not now")


@pytest.mark.parametrize("error", [asyncpg.UndefinedColumnError("no such column"), ZeroDivisionError()])
def test_our_own_fault_is_told_without_a_word_of_what_it_was(error: Exception) -> None:
    answer = client(error).get("/it")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert answer.json() == {"type": "about:blank", "title": "Internal error", "status": 500}


class Asked(BaseModel, extra="forbid"):
    name: str
    wait: Duration = timedelta()


@pytest.mark.parametrize(
    ("sent", "path", "got", "expected"),
    [
        ({}, "body.name", "nothing", "a value"),
        ({"name": 5}, "body.name", "5", "a valid string"),
        ({"name": ["a"]}, "body.name", "a list", "a valid string"),
        ({"name": "a", "nmae": "b"}, "body.nmae", "'b'", "no field of this name"),
        ({"name": "a", "wait": 5}, "body.wait", "5", "a duration has a unit: write 5s, 5m, 5h or 5d"),
        ({"name": "a", "wait": f"{'9' * 30}h"}, "body.wait", f"'{'9' * 30}h'", "at most 36500d"),
        ({"name": "a", "wait": "99999d"}, "body.wait", "'99999d'", "at most 36500d"),
        ({"name": "a", "wait": "-PT5M"}, "body.wait", "'-PT5M'", "zero or more"),
    ],
)
def test_what_is_wrong_in_a_body_is_told_by_field(sent: object, path: str, got: str, expected: str) -> None:
    app = FastAPI()
    install_problems(app)

    @app.post("/it")
    async def it(_: Asked) -> None:
        raise AssertionError("never reached")

    answer = TestClient(app).post("/it", json=sent)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"path": path, "got": got, "expected": expected}]


def test_half_a_character_that_was_sent_comes_back_as_json_that_everybody_reads() -> None:
    answer = client(Problem(422, "Not as expected", errors=[{"path": "body.a\ud800\\ud800"}])).get("/it")
    assert orjson.loads(answer.content)["errors"] == [{"path": r"body.a\ud800\ud800"}]


def test_json_without_its_header_is_told_which_one_is_missing() -> None:
    app = FastAPI()
    install_problems(app)

    @app.post("/it")
    async def it(_: Asked) -> None:
        raise AssertionError("never reached")

    answer = TestClient(app).post("/it", content=b'{"name": "a"}')
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"path": "body", "got": "bytes", "expected": "JSON, with the header Content-Type: application/json"}
    ]


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (ConnectionResetError(), 1013, "Not now"),
        (Outage(TimeoutError()), 1013, "Not now"),
        (SubjectHeld(Subject("chat", "c-1")), 1013, "Held"),
        (Problem(403, "Not yours"), 1011, "Not yours"),
        (HTTPException(404), 1011, "Not Found"),
    ],
)
async def test_an_open_line_is_closed_with_a_code_and_sent_no_response(
    error: Exception, code: int, reason: str
) -> None:
    line = Line()
    await app(error)(line.scope, line.receive, line.send)
    assert line.sent[1:] == [{"type": "websocket.close", "code": code, "reason": reason}]


async def test_a_line_that_was_closed_already_is_not_closed_again() -> None:
    line = Line()
    await app(ConnectionResetError(), closes_first=True)(line.scope, line.receive, line.send)
    assert [one["type"] for one in line.sent] == ["websocket.accept", "websocket.close"]


async def test_who_hangs_up_before_their_body_ends_is_no_error_of_ours() -> None:
    """A server logs whatever an app raises; what it is sent it throws away."""
    made = FastAPI()
    install_problems(made)

    @made.post("/it")
    async def it(request: Request) -> None:
        await request.body()

    frames: list[dict[str, object]] = [
        {"type": "http.request", "body": b"half", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return frames.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await made({"type": "http", "method": "POST", "path": "/it", "headers": [], "query_string": b""}, receive, send)
    assert sent[0]["status"] == 400
