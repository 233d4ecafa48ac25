"""What does a process serve over HTTP? Health, metrics, its AsyncAPI page, and the service's own routes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bellhop_common.http.asyncapi_page import asyncapi_routes
from bellhop_common.http.cut_short import CutShort
from bellhop_common.http.problems import install_problems
from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.memory import search_seldom
from bellhop_common.kernel.runtime import Runtime
from bellhop_common.kernel.service import Service
from bellhop_common.settings import KernelSettings

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")


def create_app(service: Service[StateT, InputT, EventT], settings: KernelSettings) -> FastAPI:
    """Describes the process; nothing connects until the server starts it."""
    runtime = Runtime(service, settings)

    @asynccontextmanager
    async def run(_: FastAPI) -> AsyncIterator[None]:
        starting = asyncio.create_task(_start(runtime), name="start")
        try:
            yield
        finally:
            runtime.health.stopping = True
            began = time.monotonic()
            await _ended(starting, settings.stop_timeout / 4)
            await runtime.stop(settings.stop_timeout - (time.monotonic() - began))

    app = FastAPI(
        title=f"Bellhop {service.name}", docs_url=None, redoc_url=None, openapi_url=_openapi(service), lifespan=run
    )
    app.state.runtime = runtime
    install_problems(app)
    app.add_middleware(CutShort)
    _operational(app, runtime)
    app.include_router(asyncapi_routes(service.name))
    if service.routes is not None:
        app.include_router(service.routes(runtime))
    return app


def _openapi(service: Service[Any, Any, Any]) -> str | None:
    return None if service.routes is None else "/openapi.json"


async def _start(runtime: Runtime[StateT, InputT, EventT]) -> None:
    """A start that fails ends the process, which is then started anew."""
    failure = await attempt(runtime.start())
    if failure is not None:
        runtime.fatal(failure)
    search_seldom()


async def _ended(starting: "asyncio.Task[None]", within: float) -> None:
    """Who is just joining a group may wait for all its members, however often it is told to end."""
    starting.cancel()
    await asyncio.wait([starting], timeout=within)


def _operational(app: FastAPI, runtime: Runtime[StateT, InputT, EventT]) -> None:
    def answer(*, ok: bool) -> JSONResponse:
        return JSONResponse(runtime.health.report(), status_code=200 if ok else 503)

    @app.get("/health/live", include_in_schema=False)
    async def live() -> JSONResponse:
        return answer(ok=runtime.health.failed is None)

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        return answer(ok=runtime.health.ready)

    @app.get("/health/startup", include_in_schema=False)
    async def startup() -> JSONResponse:
        return answer(ok=runtime.health.started)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        runtime.metrics.waiting.set(0 if runtime.health.ready else 1)
        return Response(generate_latest(runtime.registry), media_type=CONTENT_TYPE_LATEST)
