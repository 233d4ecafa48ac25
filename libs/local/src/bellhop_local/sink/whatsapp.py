"""What was sent over WhatsApp? A stand-in for the Cloud API that takes text messages and gives them ids.

Shapes as in the provider's reference, "Send messages": POST /{version}/{phone number id}/messages.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI


@dataclass
class WhatsAppSink:
    """`texts` are (recipient, text) in the order of arrival."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/{version}/{phone_number_id}/messages")
        async def send(version: str, phone_number_id: str, body: dict[str, Any]) -> dict[str, Any]:
            self.texts.append((str(body["to"]), str(body["text"]["body"])))
            named = f"wamid.{version}.{phone_number_id}.{len(self.texts)}"
            return {"messaging_product": "whatsapp", "messages": [{"id": named}]}

        return app

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["WhatsAppSink"]:
        config = uvicorn.Config(self.app(), host="127.0.0.1", port=0, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        await _start(server)
        task = asyncio.create_task(server.main_loop())
        self.port = int(server.servers[0].sockets[0].getsockname()[1])
        try:
            yield self
        finally:
            server.should_exit = True
            await task
            await server.shutdown()


async def _start(server: uvicorn.Server) -> None:
    """Without uvicorn's own signal handlers: whoever started us decides about those."""
    config = server.config
    if not config.loaded:
        config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
