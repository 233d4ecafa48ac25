"""Who runs in a round, and in which order? Every contestant once, each second round the other way round."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench import claims
from bench.contestants import Entry, by_hand, per_message, router, running
from bench.desks import ONE, SIXTEEN, Plan
from bench.ground import Ground, Wish, ground
from bench.hands import Hands
from bench.latency import latency
from bench.lateness import SCHEMA as SLA_SCHEMA
from bench.lateness import fill, lateness
from bench.memory import memory, tables_of_all
from bench.series import Series
from bench.servers import Broker, Servers
from bench.templates import staffed, tables
from bench.throughput import WARM_UP, Throughput, Track, throughput, warm_up

SHARE_OF_RATE: Final = 0.3
LATENCY_CONTACTS: Final = 1_200
CONTACTS: Final = 3_000
PER_MESSAGE_WARM_UP: Final = 40


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of each there is in a round. `seconds` bounds the open loop."""

    contacts: int = CONTACTS
    per_message: int = 300
    seconds: float = 5.0
    pending: int = 100_000
    firing: int = 400


@dataclass(slots=True)
class Bench:
    servers: Servers
    hands: Hands
    folder: Path
    scale: Scale
    parts: Collection[str]
    series: Series = field(default_factory=Series)
    templates: dict[str, str] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Databases that every round copies."""
        parts = set(self.parts)
        if parts & set("abcd"):
            self.templates["one"] = await staffed(self.servers, self.hands, ONE, self.folder)
        if "d" in parts:
            self.templates["sixteen"] = await staffed(self.servers, self.hands, SIXTEEN, self.folder)
        if "e" in parts:
            self.templates["sla"] = await tables(self.servers, SLA_SCHEMA, None)
            await fill(self.templates["sla"], self.scale.pending)
        if "f" in parts:
            self.templates["all"] = await tables_of_all(self.servers)

    async def round(self, number: int, say: Callable[[str], None]) -> None:
        """The first one goes from first to last: the open loop's rate is the router's, which runs first."""
        runs = [run for run in RUNS if set(run.parts) & set(self.parts)]
        for run in runs if number % 2 else reversed(runs):
            say(run.title)
            await run.measure(self)

    def on(self, plan: Plan, broker: Broker) -> AbstractAsyncContextManager[Ground]:
        name = "one" if plan is ONE else "sixteen"
        return ground(self.servers, Wish(self.templates[name], broker=broker))


@dataclass(frozen=True, slots=True)
class Run:
    """`parts` are the measurements that need it."""

    title: str
    parts: str
    measure: Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Contest:
    """One contestant's run on one broker: `rate` is the name of what is measured."""

    entry: Callable[[Ground], Entry]
    rate: str
    plan: Plan = ONE
    broker: Broker = Broker.USUAL
    who: str | None = None

    async def __call__(self, bench: Bench) -> None:
        async with (
            bench.on(self.plan, self.broker) as place,
            running(self.entry(place), place, bench.folder) as contestant,
        ):
            track = Track(bench.hands, place, self.plan, contestant)
            await warm_up(track)
            await self._throughput(bench, track)
            if self.who is not None and "c" in bench.parts:
                await self._latency(bench, track)

    async def _throughput(self, bench: Bench, track: Track) -> None:
        found = await throughput(track, WARM_UP, bench.scale.contacts)
        bench.series.note(_noted(self.rate, found))
        if self.who is not None:
            bench.series.note({f"{self.who}, bytes on work.v1 each": found.bytes})

    async def _latency(self, bench: Bench, track: Track) -> None:
        rate = SHARE_OF_RATE * bench.series.middle(claims.ROUTER)
        seconds = min(bench.scale.seconds, LATENCY_CONTACTS / rate)
        found = await latency(track, WARM_UP + bench.scale.contacts, rate, seconds)
        bench.series.note({f"{self.who}, p50, ms": found.p50, f"{self.who}, p99, ms": found.p99})


@dataclass(frozen=True, slots=True)
class Slow:
    """A contestant of which fewer contacts say enough."""

    rate: str
    broker: Broker

    async def __call__(self, bench: Bench) -> None:
        async with (
            bench.on(ONE, self.broker) as place,
            running(per_message(place), place, bench.folder) as contestant,
        ):
            track = Track(bench.hands, place, ONE, contestant)
            await warm_up(track, PER_MESSAGE_WARM_UP)
            found = await throughput(track, PER_MESSAGE_WARM_UP, bench.scale.per_message)
        bench.series.note(_noted(self.rate, found))


def _noted(rate: str, found: Throughput) -> dict[str, float]:
    who = rate.removesuffix(", contacts/s")
    return {rate: found.rate, f"{who}, processor µs a contact": found.cpu_us, f"{who}, all cores busy, %": found.busy}


async def timers(bench: Bench) -> None:
    found = await lateness(bench.servers, bench.hands, bench.templates["sla"], bench.scale.firing, bench.folder)
    bench.series.note(
        {
            "breach on the topic after it was due, p50, ms": found.p50,
            claims.LATE_P99: found.p99,
            "breach on the topic after it was due, worst, ms": found.worst,
            "breach decided after it was due, p99, ms": found.decided_p99,
        }
    )


async def memories(bench: Bench) -> None:
    found = await memory(bench.servers, bench.hands, bench.templates["all"], bench.folder)
    bench.series.note({f"{name}, MB": size for name, size in found.items()})


def two_routers(place: Ground) -> Entry:
    return router(place, replicas=2)


RUNS: Final = (
    Run("router", "abcd", Contest(router, claims.ROUTER, who="router")),
    Run("batch loop by hand", "ac", Contest(by_hand, claims.HAND, who="batch loop by hand")),
    Run("FastStream per message", "b", Slow(claims.PER_MESSAGE, Broker.USUAL)),
    Run("router, linger 0", "b", Contest(router, claims.PROMPT_ROUTER, broker=Broker.PROMPT)),
    Run("FastStream per message, linger 0", "b", Slow(claims.PROMPT_PER_MESSAGE, Broker.PROMPT)),
    Run("two routers, one desk", "d", Contest(two_routers, claims.TWO_ON_ONE)),
    Run("router, sixteen desks", "d", Contest(router, claims.ONE_ON_SIXTEEN, plan=SIXTEEN)),
    Run("two routers, sixteen desks", "d", Contest(two_routers, claims.TWO_ON_SIXTEEN, plan=SIXTEEN)),
    Run("timers of sla", "e", timers),
    Run("memory of all four", "f", memories),
)
