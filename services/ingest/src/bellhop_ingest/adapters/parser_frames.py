"""How do a parser process and its owner talk? Pickles over the child's standard input and output.

A mail of 20 MiB must not be held in several copies at once, so the child reads and writes without buffers of its own.
"""

import asyncio
import pickle
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

from bellhop_ingest.domain.outcomes import Outcome
from bellhop_ingest.domain.reception import Reception

_LENGTH: Final = 8


class Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Job:
    channel: str
    raw: bytes
    reception: Reception
    cpu_seconds: int


def write_job(job: Job) -> bytes:
    return pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)


def read_job(stream: BinaryIO) -> Job | None:
    """Nothing when the owner has gone."""
    try:
        found = pickle.load(stream)  # noqa: S301 - from the process that started us
    except (EOFError, pickle.UnpicklingError):
        return None
    return found if isinstance(found, Job) else None


def write_outcomes(outcomes: tuple[Outcome, ...], sink: Sink) -> None:
    """The length goes first, so the outcomes are pickled twice: once to be measured."""
    measure = _Measure()
    pickle.dump(outcomes, measure, protocol=pickle.HIGHEST_PROTOCOL)
    sink.write(measure.length.to_bytes(_LENGTH, "big"))
    pickle.dump(outcomes, sink, protocol=pickle.HIGHEST_PROTOCOL)


async def read_outcomes(stream: asyncio.StreamReader) -> tuple[Outcome, ...]:
    """Raises `IncompleteReadError` when the child has died."""
    head = await stream.readexactly(_LENGTH)
    body = await stream.readexactly(int.from_bytes(head, "big"))
    found: tuple[Outcome, ...] = pickle.loads(body)  # noqa: S301 - from a child that runs our own code
    return found


@dataclass(slots=True)
class _Measure:
    length: int = 0

    def write(self, data: bytes, /) -> None:
        self.length += len(data)
