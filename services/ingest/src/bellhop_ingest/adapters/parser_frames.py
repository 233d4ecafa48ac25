"""How do a parser process and its owner talk? Length, then pickle, over the child's standard input and output."""

import asyncio
import pickle
from dataclasses import dataclass
from typing import BinaryIO, Final

from bellhop_ingest.domain.outcomes import Outcome
from bellhop_ingest.domain.reception import Reception

_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Job:
    channel: str
    raw: bytes
    reception: Reception
    cpu_seconds: int


def write_job(job: Job) -> bytes:
    return _frame(job)


def read_job(stream: BinaryIO) -> Job | None:
    """Nothing when the owner has gone."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    found = pickle.loads(stream.read(int.from_bytes(head, "big")))  # noqa: S301 - from the process that started us
    return found if isinstance(found, Job) else None


def write_outcomes(outcomes: tuple[Outcome, ...]) -> bytes:
    return _frame(outcomes)


async def read_outcomes(stream: asyncio.StreamReader) -> tuple[Outcome, ...]:
    """Raises `IncompleteReadError` when the child has died."""
    head = await stream.readexactly(_LENGTH)
    body = await stream.readexactly(int.from_bytes(head, "big"))
    found: tuple[Outcome, ...] = pickle.loads(body)  # noqa: S301 - from a child that runs our own code
    return found


def _frame(value: object) -> bytes:
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(_LENGTH, "big") + body
