"""What goes wrong when? A list of faults, the same for the same seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from bellhop_common.events.topics import SERVICES


class Harm(StrEnum):
    """To a replica: killed; frozen past its session and let go; asked to leave. To a server: killed; frozen."""

    KILL = "killed"
    FREEZE = "frozen"
    ASK = "asked to leave"
    KAFKA = "Kafka killed"
    POSTGRES = "PostgreSQL killed"
    KAFKA_FROZEN = "Kafka frozen"
    POSTGRES_FROZEN = "PostgreSQL frozen"


@dataclass(frozen=True, slots=True)
class Fault:
    """`at` in seconds from the first arrival; it is undone after `lasts` seconds. A server's has no service."""

    at: float
    harm: Harm
    lasts: float
    service: str = ""
    replica: int = 0

    @property
    def title(self) -> str:
        return f"{self.service}/{self.replica} {self.harm}" if self.service else str(self.harm)


TO_REPLICAS: Final = (Harm.KILL, Harm.FREEZE, Harm.ASK)
OFTEN: Final = {
    Harm.KILL: 6,
    Harm.FREEZE: 6,
    Harm.ASK: 4,
    Harm.KAFKA: 1,
    Harm.POSTGRES: 1,
    Harm.KAFKA_FROZEN: 1,
    Harm.POSTGRES_FROZEN: 1,
}
# Sessions last 1.5 s; a replica that froze for longer has lost its partitions when it wakes.
LASTS: Final = {
    Harm.KILL: (0.0, 1.0),
    Harm.FREEZE: (2.0, 8.0),
    Harm.ASK: (0.0, 1.0),
    Harm.KAFKA: (0.2, 4.0),
    Harm.POSTGRES: (0.2, 4.0),
    Harm.KAFKA_FROZEN: (1.0, 6.0),
    Harm.POSTGRES_FROZEN: (1.0, 6.0),
}
BETWEEN: Final = (1.0, 8.0)


def on_each_service(seconds: float, seed: int, replicas: int = 2) -> tuple[Fault, ...]:
    """Every harm to every service once, spread over the time."""
    random = Random(seed)
    pairs = [(service, harm) for service in SERVICES for harm in TO_REPLICAS]
    random.shuffle(pairs)
    step = seconds / (len(pairs) + 1)
    return tuple(
        _fault(random, step * (number + random.uniform(0.3, 1.0)), harm, service, replicas)
        for number, (service, harm) in enumerate(pairs)
    )


def on_both_servers(seconds: float, seed: int) -> tuple[Fault, ...]:
    """Kafka, then PostgreSQL."""
    random = Random(seed)
    return (
        _fault(random, seconds * random.uniform(0.15, 0.3), Harm.KAFKA),
        _fault(random, seconds * random.uniform(0.6, 0.75), Harm.POSTGRES),
    )


def at_random(seconds: float, seed: int, replicas: int = 2) -> tuple[Fault, ...]:
    """Anything at any moment, but for the last tenth."""
    return tuple(_endless(Random(seed), seconds * 0.9, replicas))


def _endless(random: Random, until: float, replicas: int) -> Iterator[Fault]:
    at = random.uniform(*BETWEEN)
    while at < until:
        harm = random.choices(list(OFTEN), list(OFTEN.values()))[0]
        service = random.choice(SERVICES) if harm in TO_REPLICAS else ""
        yield _fault(random, at, harm, service, replicas)
        at += random.uniform(*BETWEEN)


def _fault(random: Random, at: float, harm: Harm, service: str = "", replicas: int = 1) -> Fault:
    number = random.randrange(replicas)
    return Fault(round(at, 2), harm, round(random.uniform(*LASTS[harm]), 2), service, number)


def in_words(faults: Sequence[Fault]) -> Iterator[str]:
    yield from (f"{one.at:6.1f} s  {one.title}, for {one.lasts:.1f} s" for one in faults)
