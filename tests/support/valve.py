"""How does a test take a server away from one process alone? A relay in between that can be shut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True)
class Valve:
    """Shut, it drops what is open and takes no more."""

    host: str
    target: int
    port: int = 0
    shut: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def close(self) -> None:
        self.shut = True
        for writer in tuple(self._open):
            writer.transport.abort()

    def open(self) -> None:
        self.shut = False

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.shut:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection(self.host, self.target)
        ends = {writer, there_writer}
        self._open |= ends
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))
        self._open -= ends


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(65_536):
            target.write(chunk)
            await target.drain()
    target.close()


@asynccontextmanager
async def valve(host: str, target: int) -> AsyncIterator[Valve]:
    found = Valve(host, target)
    server = await asyncio.start_server(found.relay, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        found.close()
        server.close()
