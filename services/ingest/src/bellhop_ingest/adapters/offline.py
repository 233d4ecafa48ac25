"""`bellhop normalise`: what would ingest make of these files? Nothing is stored, published or sent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, assert_never

from bellhop_common.command_line.output import complain, emit
from bellhop_ingest.adapters.offline_events import cloud_event
from bellhop_ingest.adapters.offline_report import show
from bellhop_ingest.adapters.parser_process import ParserLimits, ParserPool, ParserUnavailable
from bellhop_ingest.adapters.unreadable import EMAIL
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.outcomes import (
    Abandoned,
    CallStateChanged,
    Ignored,
    Outcome,
    Parked,
    Receipt,
    Refused,
    Updated,
    refused,
)
from bellhop_ingest.domain.reception import Reception

_UNREADABLE_INPUT: Final = 2
_PATIENCE: Final = timedelta(seconds=3)


class Verdict(StrEnum):
    """In the order in which one of several is named."""

    RECEIVED = "received"
    UPDATED = "updated"
    ABANDONED = "abandoned"
    PARKED = "parked"
    REFUSED = "refused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Judged:
    file: str
    outcomes: tuple[Outcome, ...]
    reception: Reception

    def record(self) -> dict[str, object]:
        verdict = overall(self.outcomes)
        told = reason(self.outcomes, verdict)
        events = [event for one in self.outcomes if (event := cloud_event(one, self.reception)) is not None]
        named = {"reason": told} if told else {}
        return {"file": self.file, "outcome": verdict.value, **named, "events": events}


def judge_files(channel: str, files: Sequence[Path], reception: Reception, *, as_json: bool) -> int:
    """The exit status."""
    return asyncio.run(_judge_all(channel, files, reception, as_json=as_json))


def overall(outcomes: Sequence[Outcome]) -> Verdict:
    found = {verdict(one) for one in outcomes}
    return next((one for one in Verdict if one in found), Verdict.IGNORED)


def verdict(outcome: Outcome) -> Verdict:
    match outcome:
        case Arrival():
            return Verdict.RECEIVED
        case Updated() | Receipt() | CallStateChanged():
            return Verdict.UPDATED
        case Abandoned():
            return Verdict.ABANDONED
        case Parked():
            return Verdict.PARKED
        case Ignored():
            return Verdict.IGNORED
        case Refused():
            return Verdict.REFUSED
        case other:
            assert_never(other)


def reason(outcomes: Sequence[Outcome], which: Verdict) -> str | None:
    for one in outcomes:
        if verdict(one) is which and isinstance(one, Ignored | Refused):
            return one.reason
        if verdict(one) is which and isinstance(one, Parked):
            return f"{one.reason.value}: {one.detail}" if one.detail else one.reason.value
    return None


async def _judge_all(channel: str, files: Sequence[Path], reception: Reception, *, as_json: bool) -> int:
    read = 0
    async for judged in _judged(channel, files, reception):
        read += 1
        if as_json:
            emit(judged.record())
        else:
            show(judged.record())
    return 0 if read == len(files) else _UNREADABLE_INPUT


async def _judged(channel: str, files: Sequence[Path], reception: Reception) -> AsyncIterator[Judged]:
    most = reception.max_mail_bytes if channel == EMAIL else reception.max_body_bytes
    async with ParserPool(size=1, limits=ParserLimits(wall=_PATIENCE)) as pool:
        for file in files:
            try:
                outcomes = await _outcomes(pool, channel, _read(file, most), reception)
            except OSError as error:
                complain(f"{file}: {error.strerror or error}")
            except ParserUnavailable as error:
                complain(f"{file}: {error}")
            else:
                yield Judged(str(file), outcomes, reception)


async def _outcomes(pool: ParserPool, channel: str, raw: bytes | None, reception: Reception) -> tuple[Outcome, ...]:
    if raw is not None:
        return await pool.normalise(channel, raw, reception)
    mail = channel == EMAIL
    most = reception.max_mail_bytes if mail else reception.max_body_bytes
    return (refused("mail" if mail else "body", f"more than {most} bytes", f"at most {most}"),)


def _read(file: Path, most: int) -> bytes | None:
    """Nothing, if it is larger; then not even its beginning is looked at."""
    if file.stat().st_size > most:
        return None
    with file.open("rb") as opened:
        raw = opened.read(most + 1)
    return None if len(raw) > most else raw
