"""Which of these records were handled before? Known by place, by identity and by sequence, under the locks."""

from collections.abc import Sequence
from typing import TypeVar

from bellhop_common.kernel import parking
from bellhop_common.kernel.delivery import Delivery
from bellhop_common.kernel.parking import Preamble
from bellhop_common.kernel.transaction import Standing
from bellhop_common.kernel.turn import Aside, Item, ParkReason
from bellhop_common.messaging import inbox
from bellhop_common.messaging.sequences import Verdict
from bellhop_common.postgres.database import Connection

InputT = TypeVar("InputT")


async def stand_fresh(connection: Connection, items: Sequence[Item[InputT]], known: Preamble) -> Standing[InputT]:
    """Records as they come from their topics."""
    ahead = [item for item in items if _offset(item) >= known.next_offsets.get(_of(item).raw.place, 0)]
    unseen = await _unseen(connection, ahead)
    return await _in_sequence(connection, unseen)


async def stand_parked(connection: Connection, items: Sequence[Item[InputT]]) -> Standing[InputT]:
    """Records that waited in the database; another replica may have handled them since they were read.

    Those parked behind a gap were not admitted yet, all others were when they came.
    """
    there = await parking.still_parked(connection, [_parked_id(item) for item in items])
    waiting = [item for item in items if _parked_id(item) in there]
    beyond = [item for item in waiting if _is_gap(item)]
    judged = await _in_sequence(connection, beyond)
    kept = {_parked_id(item) for item in judged.items} | {_parked_id(item) for item in waiting if not _is_gap(item)}
    still_beyond = {aside.delivery.parked.id for aside in judged.beyond if aside.delivery.parked is not None}
    repeats = [_parked_id(item) for item in beyond if _parked_id(item) not in kept | still_beyond]
    return Standing([item for item in waiting if _parked_id(item) in kept], judged.beyond, repeats)


async def _unseen(connection: Connection, items: Sequence[Item[InputT]]) -> list[Item[InputT]]:
    """Without those whose id was handled; of two with one id in this batch the first counts."""
    first = {_of(item).identity: item for item in reversed(items) if _of(item).identity is not None}
    if not first:
        return list(items)
    fresh = await inbox.fresh(connection, [identity for identity in first if identity is not None])
    return [
        item
        for item in items
        if (identity := _of(item).identity) is None or (identity in fresh and first[identity] is item)
    ]


async def _in_sequence(connection: Connection, items: Sequence[Item[InputT]]) -> Standing[InputT]:
    places = [place for item in items if (place := _of(item).sequenced) is not None]
    if not places:
        return Standing(items)
    verdicts = iter(await inbox.admit(connection, places))
    kept: list[Item[InputT]] = []
    beyond: list[Aside[InputT]] = []
    for item in items:
        match Verdict.APPLY if _of(item).sequenced is None else next(verdicts):
            case Verdict.APPLY:
                kept.append(item)
            case Verdict.GAP:
                beyond.append(Aside(_of(item), ParkReason.GAP))
            case Verdict.REPEAT:
                continue
    return Standing(kept, beyond)


def _of(item: Item[InputT]) -> Delivery[InputT]:
    if item.delivery is None:
        raise TypeError("only records stand or fall by what was handled before")
    return item.delivery


def _offset(item: Item[InputT]) -> int:
    return _of(item).raw.offset


def _parked_id(item: Item[InputT]) -> int:
    parked = _of(item).parked
    return 0 if parked is None else parked.id


def _is_gap(item: Item[InputT]) -> bool:
    parked = _of(item).parked
    return parked is not None and parked.reason == ParkReason.GAP.value
