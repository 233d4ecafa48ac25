"""Which of these records were handled before? Known by place, by identity and by sequence, under the locks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bellhop_common.kernel import parking
from bellhop_common.kernel.delivery import Delivery, Parked
from bellhop_common.kernel.parking import Preamble
from bellhop_common.kernel.transaction import Standing
from bellhop_common.kernel.turn import Aside, Item, ParkReason
from bellhop_common.messaging import inbox
from bellhop_common.messaging.assignment import NOTHING_STORED, Ends, TopicRecreated
from bellhop_common.messaging.sequences import Verdict
from bellhop_common.postgres.database import Connection
from bellhop_common.postgres.errors import Outage

InputT = TypeVar("InputT")


async def stand_fresh(connection: Connection, items: Sequence[Item[InputT]], known: Preamble) -> Standing[InputT]:
    """Records as they come from their topics; what is parked of their subject and topic goes before them."""
    ahead = [item for item in items if not _is_handled(_of(item), known)]
    unseen = await _unseen(connection, ahead)
    return replace(await _in_sequence(connection, unseen), queued=known.queued)


def _is_handled(delivery: Delivery[InputT], known: Preamble) -> bool:
    """Raises `Outage` for what can't have been, though its place was: the client went back in another log, untold."""
    raw = delivery.raw
    stored = known.next_offsets.get(raw.place, NOTHING_STORED)
    if raw.offset >= stored.next_offset:
        return False
    if stored.applied_at is not None and raw.appended_at > stored.applied_at:
        ends = Ends(stored.next_offset, None, 0, stored.next_offset, younger=raw.offset)
        raise Outage(TopicRecreated(raw.place, ends))
    return True


async def stand_parked(connection: Connection, items: Sequence[Item[InputT]], known: Preamble) -> Standing[InputT]:
    """Records that waited in the database; another replica may have handled them since they were read.

    Those beyond a gap were not admitted yet, all others were when they came, and so go before them.
    """
    there = await parking.still_parked(connection, [_parked(item).id for item in items])
    waiting = [item for item in items if _parked(item).id in there]
    in_order = [item for item in waiting if _parked(item).reason != ParkReason.GAP.value]
    beyond = sorted((item for item in waiting if _parked(item).reason == ParkReason.GAP.value), key=_sequence)
    stuck = [item for item in beyond if (item.subject, _of(item).raw.topic) in known.queued]
    judged = await _in_sequence(connection, [item for item in beyond if item not in stuck])
    later = [*judged.beyond, *(Aside(_of(item), ParkReason.GAP) for item in stuck)]
    left = {_parked(item).id for item in judged.items} | {
        number for aside in later if (number := _id(aside)) is not None
    }
    repeats = [_parked(item).id for item in beyond if _parked(item).id not in left]
    return Standing([*in_order, *judged.items], later, repeated_parked=repeats)


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


def _parked(item: Item[InputT]) -> Parked:
    parked = _of(item).parked
    if parked is None:
        raise TypeError("only parked records are asked about their parking")
    return parked


def _id(aside: Aside[InputT]) -> int | None:
    return None if aside.delivery.parked is None else aside.delivery.parked.id


def _sequence(item: Item[InputT]) -> tuple[str, int, int]:
    place = _of(item).sequenced
    return ("", 0, 0) if place is None else (place.key, place.epoch, place.sequence)
