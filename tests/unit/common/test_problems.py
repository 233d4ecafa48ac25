"""What does somebody hear over HTTP whose request met a server that went away?"""

from datetime import timedelta

import asyncpg
import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.websockets import WebSocketDisconnect

from bellhop_common.events.durations import Duration
from bellhop_common.http.problems import install_problems


def client(error: Exception) -> TestClient:
    app = FastAPI()
    install_problems(app)

    @app.get("/it")
    async def it() -> None:
        raise error

    @app.websocket("/line")
    async def line(websocket: WebSocket) -> None:
        await websocket.accept()
        raise error

    return TestClient(app, raise_server_exceptions=False)


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


def test_an_open_line_is_closed_with_try_again_later() -> None:
    one = client(ConnectionResetError())
    with one.websocket_connect("/line") as line, pytest.raises(WebSocketDisconnect) as closed:
        line.receive_text()
    assert closed.value.code == 1013
