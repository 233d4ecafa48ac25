"""What happens to the one record on which a handler fails? Three tries over a window, then a dead letter."""

from typing import Final, TypeVar

from bellhop_common.kernel import asides, parking
from bellhop_common.kernel.delivery import DeadLetter, Delivery, Parked, Report
from bellhop_common.kernel.parking import Question, ToPark
from bellhop_common.kernel.standing import stand_fresh
from bellhop_common.kernel.turn import Item, ParkReason
from bellhop_common.kernel.wiring import Wiring
from bellhop_common.postgres.errors import HandlerError

InputT = TypeVar("InputT")

TRIES: Final = 3
HANDLER_ERROR: Final = "handler-error"


async def record_failure(wiring: Wiring, desk: str, delivery: Delivery[InputT], error: HandlerError) -> Report:
    """The record waits in the database for its next try, its subject is held, and no partition waits for it."""
    wiring.metrics.handler_errors.inc()
    if delivery.parked is not None:
        return await _failed_again(wiring, delivery, delivery.parked, error)
    async with wiring.database.transaction() as connection:
        known = await parking.preamble(connection, Question([delivery.subject], [delivery.raw.place], wiring.group))
        item: Item[InputT] = Item(delivery.input, delivery.subject, None, delivery)
        standing = await stand_fresh(connection, [item], known)
        if standing.beyond:
            ahead = ToPark(desk, delivery.subject, delivery.raw, ParkReason.GAP, asides.GAP_RETRY)
            await parking.park(connection, [ahead])
            return Report(parked=1)
        if not standing.items:
            return Report(repeats=1)
        retry_in = wiring.failure_window / (TRIES - 1)
        parked = ToPark(
            desk, delivery.subject, delivery.raw, ParkReason.FAILING, retry_in, attempts=1, error=error.reason
        )  # fmt: skip
        await parking.park(connection, [parked])
        await parking.hold(connection, delivery.subject, delivery.raw.origin)
    return Report(parked=1)


async def _failed_again(wiring: Wiring, delivery: Delivery[InputT], parked: Parked, error: HandlerError) -> Report:
    attempts = parked.attempts + 1
    over = attempts >= TRIES
    shards: dict[int, int] = {}
    async with wiring.database.transaction() as connection:
        if not await parking.still_parked(connection, [parked.id]):
            return Report(repeats=1)
        await parking.hold(connection, delivery.subject, delivery.raw.origin)
        if over:
            await parking.unpark(connection, [parked.id])
            shards = await asides.bury(connection, wiring, [DeadLetter(delivery.raw, HANDLER_ERROR, attempts)])
        else:
            await parking.try_later(connection, [parked.id], [wiring.failure_window / (TRIES - 1)], error.reason)
    wiring.publisher.committed(shards)
    return Report(dead=1) if over else Report(parked=1)
