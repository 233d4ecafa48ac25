"""Which replica gets a connection? The next one that is ready, as behind any load balancer."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import httpx2

LOOK_EVERY: Final = 0.25
LOOK_PATIENCE: Final = 1.0
CHUNK: Final = 65_536

Accept = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Rotation:
    """`backends`: the port by the address where its replica tells how it is. `ready` holds such addresses."""

    port: int
    backends: Mapping[str, int]
    ready: frozenset[str] = frozenset()
    turn: int = field(default=0)

    def candidates(self) -> Iterator[int]:
        """The ready ones, each time beginning with another; if none is ready, all: they say so themselves."""
        self.turn += 1
        named = [url for url in self.backends if url in self.ready] or list(self.backends)
        for at in range(len(named)):
            yield self.backends[named[(self.turn + at) % len(named)]]


class Balancers:
    """One listening port for each rotation."""

    def __init__(self, rotations: Sequence[Rotation]) -> None:
        self._rotations = rotations
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        urls = {url for rotation in self._rotations for url in rotation.backends}
        for url in urls:
            self._keep(asyncio.create_task(self._look(url), name=f"look at {url}"))
        for rotation in self._rotations:
            self._servers.append(await asyncio.start_server(self._door(rotation), "127.0.0.1", rotation.port))

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._servers.clear()

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, url: str) -> None:
        async with httpx2.AsyncClient(timeout=LOOK_PATIENCE) as client:
            while True:
                ready = await _is_ready(client, url)
                for rotation in self._rotations:
                    if url in rotation.backends:
                        rotation.ready = rotation.ready | {url} if ready else rotation.ready - {url}
                await asyncio.sleep(LOOK_EVERY)

    def _door(self, rotation: Rotation) -> Accept:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            backend = await _reached(rotation)
            if backend is not None:
                await _join((reader, writer), backend)
            writer.close()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._keep(asyncio.create_task(serve(reader, writer)))

        return accepted


async def _is_ready(client: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/ready")).is_success
    except httpx2.TransportError:
        return False


async def _reached(rotation: Rotation) -> Streams | None:
    for port in rotation.candidates():
        with suppress(OSError):
            return await asyncio.open_connection("127.0.0.1", port)
    return None


async def _join(client: Streams, backend: Streams) -> None:
    """Until either side hangs up."""
    both = [asyncio.create_task(_copy(client[0], backend[1])), asyncio.create_task(_copy(backend[0], client[1]))]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        backend[1].close()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
