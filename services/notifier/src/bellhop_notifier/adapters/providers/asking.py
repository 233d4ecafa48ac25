"""How is an HTTP provider asked, so that its silence, its chatter and its half answers all come to an end?"""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final

import httpx2

from bellhop_notifier.adapters.providers.http_errors import of_exception, of_status
from bellhop_notifier.adapters.providers.port import Ambiguous, SendFailure, Temporary

# The client's own time-outs begin anew with each byte, so all of them together have one bound as well.
WITHIN_SECONDS: Final = 20.0
BEGUN: Final = ".send_request_headers.started"


@dataclass(frozen=True, slots=True)
class Answer:
    """`body`: as much as came of what was wanted."""

    status: int
    retry_after: str | None
    body: bytes

    @property
    def is_success(self) -> bool:
        return httpx2.codes.is_success(self.status)

    def failure(self) -> SendFailure:
        return of_status(self.status, self.retry_after)


async def ask(client: httpx2.AsyncClient, request: httpx2.Request, within: float, most: int = 0) -> Answer:
    """In doubt only once the request has begun to leave. What a status says, holds though the rest never comes.

    At `most` so many bytes of the body are read.
    """
    until = asyncio.get_running_loop().time() + within
    response = await _head(client, request, until)
    try:
        body = await _body(response, until, most) if most else b""
    finally:
        await response.aclose()
    return Answer(response.status_code, response.headers.get("retry-after"), body)


async def _head(client: httpx2.AsyncClient, request: httpx2.Request, until: float) -> httpx2.Response:
    begun = False

    async def trace(event: str, _info: object) -> None:
        nonlocal begun
        begun = begun or event.endswith(BEGUN)

    request.extensions = {**request.extensions, "trace": trace}
    try:
        async with asyncio.timeout_at(until):
            return await client.send(request, stream=True)
    except TimeoutError as error:
        raise (Ambiguous("no-answer") if begun else Temporary("provider-unreachable")) from error
    except httpx2.TransportError as error:
        raise of_exception(error) from error


async def _body(response: httpx2.Response, until: float, most: int) -> bytes:
    read = bytearray()
    with suppress(TimeoutError, httpx2.TransportError):
        async with asyncio.timeout_at(until), aclosing(response.aiter_raw()) as pieces:
            async for piece in pieces:
                read += piece
                if len(read) >= most:
                    break
    return bytes(read[:most])
