"""What does a process answer over HTTP, started or not?"""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from fastapi import Depends, FastAPI

from bellhop_common.http.auth import Tokens, require
from bellhop_common.http.problems import Problem
from bellhop_common.kernel.app import create_app
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.postgres.errors import Outage
from bellhop_common.settings import KernelSettings
from support.toy import domain
from support.toy.main import service


@pytest.fixture
def app() -> FastAPI:
    return create_app(service("t"), KernelSettings(service="toy"))


@pytest_asyncio.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://toy") as client:
        yield client


def runtime_of(app: FastAPI) -> Runtime[domain.State, domain.Input, domain.Event]:
    runtime = app.state.runtime
    assert isinstance(runtime, Runtime)
    return runtime


async def test_a_process_that_has_not_started_is_alive_and_not_ready(http: httpx2.AsyncClient) -> None:
    found = {path: (await http.get(f"/health/{path}")).status_code for path in ("live", "ready", "startup")}
    assert found == {"live": 200, "ready": 503, "startup": 503}


async def test_readiness_names_what_is_waited_for(app: FastAPI, http: httpx2.AsyncClient) -> None:
    health = runtime_of(app).health
    health.started = True
    assert (await http.get("/health/ready")).status_code == 200
    health.wait("consumer", "ConnectionRefusedError")
    answer = await http.get("/health/ready")
    assert (answer.status_code, answer.json()["waiting"]) == (503, {"consumer": "ConnectionRefusedError"})
    health.go_on("consumer")
    health.stopping = True
    assert (await http.get("/health/ready")).status_code == 503


async def test_a_process_that_failed_is_not_alive(app: FastAPI, http: httpx2.AsyncClient) -> None:
    runtime_of(app).health.failed = "BreakerOpen"
    assert (await http.get("/health/live")).status_code == 503


async def test_metrics_are_named_after_the_service(http: httpx2.AsyncClient) -> None:
    text = (await http.get("/metrics")).text
    assert "support_toy_outbox_age_seconds 0.0" in text
    assert 'support_toy_build_info{version="unknown"} 1.0' in text


async def test_the_asyncapi_page_can_only_be_read(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/asyncapi")).status_code == 200
    assert (await http.post("/asyncapi/try", json={})).status_code == 404


async def test_errors_are_problem_details(app: FastAPI, http: httpx2.AsyncClient) -> None:
    @app.get("/conflict")
    async def conflict() -> None:
        raise Problem(409, "Not as expected", sequence=4)

    @app.get("/outage")
    async def outage() -> None:
        raise Outage(ConnectionRefusedError())

    found = await http.get("/conflict")
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json() == {"type": "about:blank", "title": "Not as expected", "status": 409, "sequence": 4}
    away = await http.get("/outage")
    assert (away.status_code, away.headers["retry-after"]) == (503, "1")
    assert (await http.get("/nothing")).json()["status"] == 404


async def test_a_route_asks_for_its_role(app: FastAPI, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text('{"one": {"name": "ana", "roles": ["agent"]}, "two": {"name": "ben", "roles": ["supervisor"]}}')
    check = require(Tokens.read(path), "supervisor")

    @app.get("/board", dependencies=[Depends(check)])
    async def board() -> str:
        return "ok"

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://toy") as http:
        codes = [
            (await http.get("/board", headers={"authorization": f"Bearer {token}"})).status_code
            for token in ("one", "two", "three")
        ]
    assert codes == [403, 200, 401]
