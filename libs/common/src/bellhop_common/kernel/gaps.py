"""How does a gap close over a record that a person gave up? Its key's mark moves on over it, and what waits goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeGuard

import orjson

from bellhop_common.kernel import parking
from bellhop_common.kernel.delivery import RawRecord
from bellhop_common.messaging import inbox
from bellhop_common.messaging.inbox import NOTHING
from bellhop_common.messaging.parse import key_of
from bellhop_common.messaging.sequences import Mark, passed
from bellhop_common.postgres.database import Connection

HIGHEST_EPOCH: Final = 2**31
HIGHEST_SEQUENCE: Final = 2**63
# More than that is no gap, but a mistake or a restored sender.
MOST_AT_ONCE: Final = 1_000
BEYOND: Final = """
SELECT value FROM parked
WHERE reason = 'gap' AND topic = $1 AND partition = $2 AND key IS NOT DISTINCT FROM $3 AND record_offset > $4
"""


@dataclass(frozen=True, slots=True)
class _Hole:
    """All between the two of one epoch lack."""

    last: Mark
    first: Mark


async def give_up(connection: Connection, raws: Sequence[RawRecord]) -> None:
    """For records that were counted nothing changes. The earliest first: where it stood, may have to be counted out."""
    for raw in sorted(raws, key=lambda one: (*one.place, one.offset)):
        key = key_of(raw, raw.header("ce_subject"))
        stood = stamped(raw.value) or await _counted_out(connection, raw, key)
        if stood is not None:
            await inbox.skip(connection, raw.topic, key, stood)
            await parking.hurry(connection, raw.topic, raw.key)


def stamped(value: bytes | None) -> Mark | None:
    """Where a record says that it stands, if that at least can be read."""
    try:
        said = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(said, dict):
        return None
    epoch, sequence = said.get("epoch"), said.get("sequence")
    if _is_count(epoch, HIGHEST_EPOCH) and _is_count(sequence, HIGHEST_SEQUENCE):
        return Mark(epoch, sequence)
    return None


def _is_count(said: object, below: int) -> TypeGuard[int]:
    return isinstance(said, int) and not isinstance(said, bool) and 0 < said < below


async def pass_over(connection: Connection, waiting: RawRecord) -> int:
    """Gives up all that the key of a record beyond a gap lacks, where no dead letter holds it; how many those are."""
    key = key_of(waiting, waiting.header("ce_subject"))
    hole = await _hole(connection, replace(waiting, offset=-1), key)
    if hole is None:
        return 0
    lacking = min(hole.first.sequence - hole.last.sequence - 1, MOST_AT_ONCE)
    for after in range(1, lacking + 1):
        await inbox.skip(connection, waiting.topic, key, Mark(hole.last.epoch, hole.last.sequence + after))
    await parking.hurry(connection, waiting.topic, waiting.key)
    return lacking


async def _counted_out(connection: Connection, raw: RawRecord, key: str) -> Mark | None:
    """A key's records come in order: what can't be read is the first that lacks before those that came after it."""
    hole = await _hole(connection, raw, key)
    if hole is None or hole.last.sequence + 1 == hole.first.sequence:
        return None
    return Mark(hole.last.epoch, hole.last.sequence + 1)


async def _hole(connection: Connection, raw: RawRecord, key: str) -> _Hole | None:
    """Before the first of those that wait and came after this record."""
    rows = await connection.fetch(BEYOND, raw.topic, raw.partition, raw.key, raw.offset)
    waiting = [mark for row in rows if (mark := stamped(row["value"])) is not None]
    if not waiting:
        return None
    first = min(waiting)
    known = (await inbox.known(connection, [(raw.topic, key)])).get((raw.topic, key), NOTHING)
    begun = known.mark is not None and known.mark.epoch == first.epoch
    last = passed(known.mark if begun and known.mark is not None else Mark(first.epoch, 0), known.skipped)
    return _Hole(last, first) if last < first else None
