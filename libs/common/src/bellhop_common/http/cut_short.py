"""What is answered to a request that a stop cuts off? That it may come again, as any that was interrupted."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bellhop_common.http.problems import NOT_NOW, RETRY_AFTER, Problem, problem_response

STOPPING: Final = "the service stops; whether this was done shows when it is asked again with the same key"


@dataclass(frozen=True, slots=True)
class CutShort:
    """The server cancels what still runs when its patience is over. By itself it would then speak of our own fault."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def told(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, told)
        except asyncio.CancelledError:
            if begun or scope["type"] != "http":
                raise
            answer = problem_response(Problem(NOT_NOW, "Stopping", STOPPING), RETRY_AFTER)
            await answer(scope, receive, send)
