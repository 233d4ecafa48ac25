"""Is a request that a stop cuts off told to come again?"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from bellhop_common.http.cut_short import CutShort
from bellhop_common.http.problems import install_problems


def slow_app(begun: asyncio.Event) -> FastAPI:
    app = FastAPI()
    install_problems(app)
    app.add_middleware(CutShort)

    @app.get("/waits")
    async def waits() -> None:
        begun.set()
        await asyncio.sleep(60)

    @app.get("/has-begun")
    async def has_begun() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"one"
            begun.set()
            await asyncio.sleep(60)

        return StreamingResponse(parts())

    return app


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[tuple[uvicorn.Server, str]]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        running = asyncio.create_task(server.serve([listening]))
        try:
            yield server, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def test_what_a_stop_cuts_off_may_come_again(caplog: pytest.LogCaptureFixture) -> None:
    begun = asyncio.Event()
    async with served(slow_app(begun)) as (server, address), httpx2.AsyncClient(timeout=20) as client:
        asked = asyncio.create_task(client.get(f"{address}/waits"))
        await begun.wait()
        server.should_exit = True
        answer = await asked
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["title"] == "Stopping"
    assert "Traceback" not in caplog.text


async def test_an_answer_that_has_begun_breaks_off() -> None:
    begun = asyncio.Event()
    async with served(slow_app(begun)) as (server, address), httpx2.AsyncClient(timeout=20) as client:
        asked = asyncio.create_task(client.get(f"{address}/has-begun"))
        await begun.wait()
        server.should_exit = True
        with pytest.raises(httpx2.RemoteProtocolError):
            await asked
