"""How is an HTTP provider asked, so that its silence, its chatter and its half answers all come to an end?"""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Final

import httpx2

from bellhop_notifier.adapters.providers.http_errors import of_exception, of_status
from bellhop_notifier.adapters.providers.port import Ambiguous, SendFailure, Temporary, stopping, unreachable

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


@dataclass(eq=False, slots=True)
class _Asked:
    """`begun`: the request has begun to leave."""

    bound: asyncio.Timeout
    begun: bool = False

    async def trace(self, event: str, _info: object) -> None:
        self.begun = self.begun or event.endswith(BEGUN)

    def give_up(self) -> None:
        if not self.begun and not self.bound.expired():
            self.bound.reschedule(asyncio.get_running_loop().time())


@dataclass(eq=False, slots=True)
class Asker:
    client: httpx2.AsyncClient
    within: float
    _waiting: set[_Asked] = field(default_factory=set)
    _closed: bool = False

    async def ask(self, request: httpx2.Request, most: int = 0) -> Answer:
        """In doubt only once the request has begun to leave. What a status says, holds though the rest never comes.

        At `most` so many bytes of the body are read.
        """
        until = asyncio.get_running_loop().time() + self.within
        response = await self._head(request, until)
        try:
            body = await _body(response, until, most) if most else b""
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers.get("retry-after"), body)

    async def close(self) -> None:
        """What has not begun is given back; what has, has its answer or is in doubt."""
        self._closed = True
        for asked in self._waiting:
            asked.give_up()
        await self.client.aclose()

    async def _head(self, request: httpx2.Request, until: float) -> httpx2.Response:
        if self._closed:
            raise stopping()
        asked = _Asked(asyncio.timeout_at(until))
        request.extensions = {**request.extensions, "trace": asked.trace}
        try:
            async with asked.bound:
                self._waiting.add(asked)
                return await self.client.send(request, stream=True)
        except TimeoutError as error:
            raise self._silence(asked) from error
        except httpx2.TransportError as error:
            raise of_exception(error) from error
        finally:
            self._waiting.discard(asked)

    def _silence(self, asked: _Asked) -> Ambiguous | Temporary:
        if asked.begun:
            return Ambiguous("no-answer")
        return stopping() if self._closed else unreachable()


async def _body(response: httpx2.Response, until: float, most: int) -> bytes:
    read = bytearray()
    with suppress(TimeoutError, httpx2.TransportError):
        async with asyncio.timeout_at(until), aclosing(response.aiter_raw()) as pieces:
            async for piece in pieces:
                read += piece
                if len(read) >= most:
                    break
    return bytes(read[:most])
