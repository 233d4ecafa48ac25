"""How many contacts a second? The contestant is frozen, its work is put before it, and it is let go.

Time runs from the thaw to the moment at which the broker appended the last offer. So it holds the first fetch
and the last publication, and none of the generator's time.
"""

from dataclasses import dataclass
from typing import Final

import psutil

from bench.contestants import Running
from bench.desks import Plan
from bench.ground import Ground
from bench.hands import Hands
from bench.orders import Contacts, Seen, Watch

OFFERED: Final = "work.offered"
WORK: Final = "work.v1"
CONTACT: Final = "contact.v1"
PATIENCE: Final = 90.0
WARM_UP: Final = 200


@dataclass(frozen=True, slots=True)
class Track:
    """What a contestant is measured on. `first` is the number of the next contact."""

    hands: Hands
    ground: Ground
    plan: Plan
    contestant: Running

    def contacts(self, first: int, count: int, rate: float | None = None) -> Contacts:
        place = self.ground
        return Contacts(
            bootstrap=place.bootstrap,
            prefix=place.prefix,
            desks=self.plan.desks,
            agents=self.plan.agents,
            first=first,
            count=count,
            rate=rate,
        )

    def watch(self, count: int, origin: str | None = None) -> Watch:
        place = self.ground
        return Watch(
            bootstrap=place.bootstrap,
            prefix=place.prefix,
            topic=WORK,
            kind=OFFERED,
            count=count,
            timeout=PATIENCE,
            origin=origin,
        )

    def require_all(self, seen: Seen, count: int) -> None:
        if seen.count != count:
            raise RuntimeError(f"{seen.count} of {count} contacts were offered within {PATIENCE:.0f} s")


@dataclass(frozen=True, slots=True)
class Throughput:
    """`cpu_us`: processor time of the contestant's own processes per contact. Events and bytes are on `work.v1`.

    `busy` is the share of all cores that was used meanwhile, by whomever, in percent.
    """

    rate: float
    cpu_us: float
    busy: float
    events: float
    bytes: float


async def warm_up(track: Track, count: int = WARM_UP) -> None:
    """Connections, caches and the first pages of tables are there before time counts."""
    await track.hands.watch(track.watch(count))
    await track.hands.prepare(track.contacts(0, count))
    await track.hands.go()
    track.require_all(await track.hands.seen(), count)


async def throughput(track: Track, first: int, count: int) -> Throughput:
    await track.hands.watch(track.watch(count))
    await track.hands.prepare(track.contacts(first, count))
    track.contestant.freeze()
    try:
        await track.hands.go()
    finally:
        before = track.contestant.cpu_seconds()
        psutil.cpu_percent()
        thawed_at = track.contestant.thaw()
    seen = await track.hands.seen()
    busy = psutil.cpu_percent()
    spent = track.contestant.cpu_seconds() - before
    track.require_all(seen, count)
    return Throughput(
        rate=count / (seen.last_at - thawed_at),
        cpu_us=spent / count * 1e6,
        busy=busy,
        events=seen.records / count,
        bytes=seen.bytes / count,
    )
