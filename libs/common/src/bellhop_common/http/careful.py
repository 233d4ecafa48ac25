"""What is refused of any request? Bodies without end, what no text of ours may hold, what no event could carry."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any, Final

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.routing import APIRoute

from bellhop_common.http.problems import Problem
from bellhop_common.http.unholdable import Unholdable, unholdable
from bellhop_common.nul import holds_nul
from bellhop_common.postgres.outbox import EventTooLarge

MOST_BODY_BYTES: Final = 2 * 1024 * 1024


def careful_router(prefix: str, *tags: str, dependencies: Any = ()) -> APIRouter:  # noqa: ANN401 - as FastAPI has it
    """For doors whose bodies FastAPI reads: by itself it would take in as much as anybody sends."""
    known = list(dependencies)
    return APIRouter(prefix=prefix, tags=list(tags), dependencies=known, route_class=_Careful)


class _Careful(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            _judge_address(request)
            try:
                return await plain(_Storable(request.scope, request.receive))
            except _UnholdableBody as error:
                raise _refused(error.found) from error
            except EventTooLarge as error:
                raise Problem(413, "Too large", str(error)) from error

        return handle


class _UnholdableBody(HTTPException):
    def __init__(self, found: Sequence[Unholdable]) -> None:
        super().__init__(422)
        self.found = found


class _Storable(Request):
    """Anything but an `HTTPException` would be told as a body that can't be parsed."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        size = 0
        async for part in super().stream():
            size += len(part)
            if size > MOST_BODY_BYTES:
                raise HTTPException(413, f"at most {MOST_BODY_BYTES} bytes")
            yield part

    async def body(self) -> bytes:
        found = await super().body()
        if holds_nul(found):
            told = await asyncio.to_thread(unholdable, found)
            raise _UnholdableBody(told or [Unholdable("body", "\\u0000", "text without NUL")])
        return found

    async def json(self) -> object:
        """As all other doors read it: no half characters, and whole numbers of at most 64 bits, which events have."""
        body = await self.body()
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            found = await asyncio.to_thread(unholdable, body)
            if found:
                raise _UnholdableBody(found) from None
            raise


def _judge_address(request: Request) -> None:
    """PostgreSQL can't store it in text, nor look for it."""
    for path, text in (*request.path_params.items(), *request.query_params.multi_items()):
        if "\0" in str(text):
            raise _refused([Unholdable(path, "%00", "text without NUL")])


def _refused(found: Sequence[Unholdable]) -> Problem:
    return Problem(422, "Not as expected", errors=[one._asdict() for one in found])
