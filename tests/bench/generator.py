"""Who writes what is measured? A process of its own, which has everything ready before it is told to go.

`python -m bench.generator` reads an order a line and answers each.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from aiokafka import AIOKafkaProducer
from pydantic import TypeAdapter

from bench import clocks, records
from bench.desks import Plan
from bench.orders import Clocks, Contacts, Done, Go, Presences, Sent, Submissions
from bench.records import Written
from bench.talking import answer, heard, serve

ORDER: Final[TypeAdapter[Sent]] = TypeAdapter(Sent)
DESK_PAUSE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent first of all, then the rest: ready made, or made at the moment at which each is due."""

    count: int
    make: Callable[[int], Written]
    rate: float | None
    before: Sequence[Written] = ()


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def load_of(order: Sent) -> Load:
    match order:
        case Contacts():
            plan = Plan(order.desks, order.agents)
            made = [records.contact(order.prefix, plan, order.first + number, now()) for number in range(order.count)]
            return Load(order.count, made.__getitem__, order.rate)
        case Presences():
            present = list(records.arrivals(order.prefix, Plan(order.desks, order.agents), now()))
            return Load(len(present), present.__getitem__, None)
        case Submissions():
            plan = Plan(order.desks, order.agents)
            given = [records.submission(order.prefix, plan, number, now()) for number in range(order.count)]
            return Load(order.count, given.__getitem__, order.rate)
        case Clocks():
            applied = clocks.desk_applied(order.prefix, timedelta(seconds=order.within), now())
            return Load(order.count, lambda number: clocks.queued(order.prefix, number, now()), order.rate, [applied])


async def send(producer: AIOKafkaProducer, load: Load) -> None:
    """Open loop: whoever reads slowly is not waited for."""
    for record in load.before:
        await _give(producer, record)
        await producer.flush()
        await asyncio.sleep(DESK_PAUSE)
    began = time.monotonic()
    for number in range(load.count):
        if load.rate is not None:
            await asyncio.sleep(max(began + number / load.rate - time.monotonic(), 0))
        await _give(producer, load.make(number))
    await producer.flush()


async def _give(producer: AIOKafkaProducer, record: Written) -> None:
    await producer.send(record.topic, record.value, key=record.key, headers=list(record.headers))


async def obey(line: str) -> None:
    order = ORDER.validate_json(line)
    load = load_of(order)
    linger = 0 if load.rate is not None else 5
    producer = AIOKafkaProducer(bootstrap_servers=order.bootstrap, acks="all", linger_ms=linger, max_batch_size=131_072)
    await producer.start()
    try:
        await producer.client.set_topics({load.make(0).topic})
        answer(Go())
        Go.model_validate_json(await heard())
        began = time.monotonic()
        await send(producer, load)
        answer(Done(count=load.count, seconds=time.monotonic() - began))
    finally:
        await producer.stop()


if __name__ == "__main__":
    serve(obey)
