"""How late do timers fire while a hundred thousand others wait? Clocks of the sla service, from due to said.

Late is how long after `due_at` the broker appended the breach: it holds the worker's waking up, the transaction and
the publication. How late the decision itself was, without publishing, is measured beside it.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg

from bellhop_common.events import topics
from bench.contestants import running, service
from bench.figures import percentile
from bench.ground import Ground, Wish, ground
from bench.hands import Hands
from bench.orders import Clocks, Watch
from bench.servers import Servers

SCHEMA: Final = "bellhop_sla"
TOPICS: Final = (topics.WORK, topics.CONTACT, topics.DESK, topics.SLA)
WITHIN: Final = 2.5
RATE: Final = 40.0
PATIENCE: Final = 60.0
# As the service would have set them, over the week from tomorrow on.
PENDING: Final = """
INSERT INTO bellhop_sla.timers (kind, subject_kind, subject_id, desk, due_at, generation)
SELECT 'clock', 'conversation', gen_random_uuid()::text, 'desk-00', now() + $1::interval + n * $2::interval,
    nextval('bellhop_sla.timer_generations')
FROM generate_series(1, $3::int) AS n
"""
TOMORROW: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Milliseconds after the due time: until the breach was on the topic, and until it was decided."""

    p50: float
    p99: float
    worst: float
    decided_p99: float
    fired: int


async def fill(empty: str, pending: int) -> None:
    """Once; every round copies it."""
    connection = await asyncpg.connect(empty)
    try:
        await connection.execute(PENDING, TOMORROW, WEEK / pending, pending)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def lateness(servers: Servers, hands: Hands, filled: str, firing: int, folder: Path) -> Lateness:
    async with (
        ground(servers, Wish(filled, ("sla",), topics=TOPICS)) as place,
        running(service("sla", place), place, folder),
    ):
        await hands.watch(_watch(place, firing))
        await hands.prepare(_clocks(place, firing))
        await hands.go()
        seen = await hands.seen()
    if seen.count != firing:
        raise RuntimeError(f"{seen.count} of {firing} clocks were breached within {PATIENCE:.0f} s")
    late, decided = seen.latencies_ms, seen.decided_ms
    return Lateness(
        p50=percentile(late, 0.5),
        p99=percentile(late, 0.99),
        worst=max(late),
        decided_p99=percentile(decided, 0.99),
        fired=firing,
    )


def _watch(place: Ground, firing: int) -> Watch:
    return Watch(
        bootstrap=place.bootstrap,
        prefix=place.prefix,
        topic=topics.SLA.name,
        kind="sla.clock-breached",
        count=firing,
        timeout=PATIENCE,
        due=True,
    )


def _clocks(place: Ground, firing: int) -> Clocks:
    return Clocks(bootstrap=place.bootstrap, prefix=place.prefix, count=firing, rate=RATE, within=WITHIN)
