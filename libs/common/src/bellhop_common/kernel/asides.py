"""What is written about deliveries that can't be handled now, or ever? Parked rows and dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from bellhop_common.kernel import parking
from bellhop_common.kernel.delivery import RETRY, DeadLetter
from bellhop_common.kernel.parking import Preamble, ToPark
from bellhop_common.kernel.turn import Aside, ParkReason, Turn
from bellhop_common.kernel.wiring import Wiring
from bellhop_common.messaging.dead_letters import dead_letter_row
from bellhop_common.postgres.database import Connection

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")

FIRST_RETRY = 0.2
LONGEST_RETRY = 2.0
# Of what was given back while its subject is held by something else: letting that go wakes it.
LONGEST_HELD_RETRY = 30.0
GAP_RETRY = 1.0


@dataclass(frozen=True, slots=True)
class Settling(Generic[StateT, InputT, EventT]):
    desk: str
    turn: Turn[StateT, InputT, EventT]
    known: Preamble
    patience: float


async def settle(connection: Connection, settling: Settling[StateT, InputT, EventT]) -> list[DeadLetter]:
    """Parks what is new, moves what was parked, frees what was handled; gives what waited too long."""
    over: list[DeadLetter] = []
    if settling.turn.aside:
        fresh = [aside for aside in settling.turn.aside if aside.delivery.parked is None]
        await parking.park(connection, [_to_park(settling.desk, aside) for aside in fresh])
        over = await _again(connection, settling)
    await _free(connection, settling)
    return over


async def bury(connection: Connection, wiring: Wiring, letters: Sequence[DeadLetter]) -> dict[int, int]:
    """Dead letters go out like any other event: through the outbox, with the transaction."""
    if not letters:
        return {}
    for letter in letters:
        wiring.metrics.dead_letters.labels(error_class=letter.error_class).inc()
    rows = [dead_letter_row(letter, wiring.service) for letter in letters]
    return await wiring.outbox.append_raw(connection, rows)


def retry_delay(waited: timedelta, longest: float = LONGEST_RETRY) -> float:
    """Soon at first, then ever more seldom."""
    return min(max(FIRST_RETRY, waited.total_seconds() / 2), longest)


async def _free(connection: Connection, settling: Settling[StateT, InputT, EventT]) -> None:
    handled = [item.delivery for item in settling.turn.applied if item.delivery is not None]
    await parking.unpark(connection, [delivery.parked.id for delivery in handled if delivery.parked is not None])
    holders = [delivery.raw.origin for delivery in handled if delivery.subject in settling.known.held]
    await parking.release(connection, holders)


def _to_park(desk: str, aside: Aside[InputT]) -> ToPark:
    delays = {ParkReason.MISSING_REFERENCE: FIRST_RETRY, ParkReason.GAP: GAP_RETRY}
    delivery = aside.delivery
    return ToPark(desk, delivery.subject, delivery.raw, aside.reason, delays.get(aside.reason, 0.0), aside.missing)


async def _again(connection: Connection, settling: Settling[StateT, InputT, EventT]) -> list[DeadLetter]:
    later: dict[int, float] = {}
    over: dict[int, DeadLetter] = {}
    for aside in settling.turn.aside:
        parked = aside.delivery.parked
        if parked is None:
            continue
        waited = settling.known.now - parked.first_at
        if aside.reason is ParkReason.HELD:
            if _given_back_too_early(aside, settling.known):
                later[parked.id] = retry_delay(waited, LONGEST_HELD_RETRY)
        elif aside.reason is ParkReason.GAP:
            later[parked.id] = GAP_RETRY
        elif waited.total_seconds() >= settling.patience:
            over[parked.id] = DeadLetter(aside.delivery.raw, ParkReason.MISSING_REFERENCE.value, 1)
        else:
            later[parked.id] = retry_delay(waited)
    await parking.try_later(connection, list(later), list(later.values()))
    await parking.unpark(connection, list(over))
    return list(over.values())


def _given_back_too_early(aside: Aside[InputT], known: Preamble) -> bool:
    """All others that are held aren't looked at before their subject is let go."""
    return aside.delivery.raw.topic.endswith(RETRY) and aside.delivery.subject in known.held
