"""What does somebody hear over HTTP whose request met a server that went away?"""

import asyncpg
import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

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


def test_a_statement_that_is_wrong_is_our_own_fault() -> None:
    assert client(asyncpg.UndefinedColumnError("no such column")).get("/it").status_code == 500


def test_an_open_line_is_closed_with_try_again_later() -> None:
    one = client(ConnectionResetError())
    with one.websocket_connect("/line") as line, pytest.raises(WebSocketDisconnect) as closed:
        line.receive_text()
    assert closed.value.code == 1013
