"""How long from contact to offer? At a rate that leaves the machine idle most of the time, from append to append.

Both moments are the broker's, so neither the generator's nor the reader's own delays count.
"""

from dataclasses import dataclass

from bench.figures import percentile
from bench.throughput import CONTACT, Track


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds."""

    rate: float
    p50: float
    p99: float


async def latency(track: Track, first: int, rate: float, seconds: float) -> Latency:
    """An open loop: what is slow is not waited for."""
    count = max(int(rate * seconds), 1)
    await track.hands.watch(track.watch(count, origin=CONTACT))
    await track.hands.prepare(track.contacts(first, count, rate))
    await track.hands.go()
    seen = await track.hands.seen()
    track.require_all(seen, count)
    return Latency(rate, percentile(seen.latencies_ms, 0.5), percentile(seen.latencies_ms, 0.99))
