"""How does the bench talk to its generator and its reader? By a line on their input and a line on their output."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.orders import Done, Go, Seen, Sent, Watch

TESTS = Path(__file__).parent.parent
LINE_LIMIT = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Hand:
    process: asyncio.subprocess.Process

    async def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()

    async def hear(self) -> bytes:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError("the generator or the reader has ended; what it said is above")
        return line


@dataclass(frozen=True, slots=True)
class Hands:
    generator: Hand
    reader: Hand

    async def prepare(self, order: Sent) -> None:
        """Returns when every record is ready to be sent."""
        await self.generator.say(order.model_dump_json())
        Go.model_validate_json(await self.generator.hear())

    async def go(self) -> Done:
        """Returns when Kafka has taken the last record."""
        await self.generator.say(Go().model_dump_json())
        return Done.model_validate_json(await self.generator.hear())

    async def watch(self, order: Watch) -> None:
        """Returns when everything from now on is seen."""
        await self.reader.say(order.model_dump_json())
        Go.model_validate_json(await self.reader.hear())

    async def seen(self) -> Seen:
        return Seen.model_validate_json(await self.reader.hear())


@asynccontextmanager
async def hands() -> AsyncIterator[Hands]:
    generator, reader = await _started("bench.generator"), await _started("bench.reader")
    try:
        yield Hands(Hand(generator), Hand(reader))
    finally:
        for process in (generator, reader):
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _started(module: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        limit=LINE_LIMIT,
    )
