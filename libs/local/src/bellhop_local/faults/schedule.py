"""What goes wrong when? A list of faults, the same for the same seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from bellhop_common.events.topics import SERVICES
from bellhop_local.faults.harms import CONCERNED, LASTS, MAIL, OFTEN, PLAIN, RARE, TO_REPLICAS, Harm

BETWEEN: Final = (1.0, 8.0)
SENDER: Final = "notifier"
EVERY: Final = tuple(OFTEN)


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

    @property
    def concerned(self) -> tuple[str, ...]:
        """By name, sorted: what must not suffer from anything else at the same time."""
        return CONCERNED.get(self.harm, (f"{self.service}/{self.replica}",))


def on_each_service(seconds: float, seed: int, replicas: int = 2) -> tuple[Fault, ...]:
    """Killed, frozen and asked to leave: every service once, spread over the time."""
    random = Random(seed)
    pairs = [(service, harm) for service in SERVICES for harm in PLAIN]
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


def one_of_each(seconds: float, seed: int, harms: Sequence[Harm] = RARE, replicas: int = 2) -> tuple[Fault, ...]:
    """These in this order, each once, spread over the time."""
    random = Random(seed)
    step = seconds / (len(harms) + 1)
    return tuple(
        _fault(random, step * (number + random.uniform(0.3, 1.0)), harm, _service(random, harm), replicas)
        for number, harm in enumerate(harms)
    )


def at_random(seconds: float, seed: int, harms: Sequence[Harm] = EVERY, replicas: int = 2) -> tuple[Fault, ...]:
    """Any of these at any moment, but for the last tenth."""
    return tuple(_endless(Random(seed), seconds * 0.9, harms, replicas))


def _endless(random: Random, until: float, harms: Sequence[Harm], replicas: int) -> Iterator[Fault]:
    at = random.uniform(*BETWEEN)
    while at < until:
        harm = random.choices(harms, [OFTEN[one] for one in harms])[0]
        yield _fault(random, at, harm, _service(random, harm), replicas)
        at += random.uniform(*BETWEEN)


def _service(random: Random, harm: Harm) -> str:
    if harm in MAIL:
        return SENDER
    return random.choice(SERVICES) if harm in TO_REPLICAS or harm is Harm.EMPTY else ""


def _fault(random: Random, at: float, harm: Harm, service: str = "", replicas: int = 1) -> Fault:
    number = random.randrange(replicas)
    return Fault(round(at, 2), harm, round(random.uniform(*LASTS[harm]), 2), service, number)


def in_words(faults: Sequence[Fault]) -> Iterator[str]:
    yield from (f"{one.at:6.1f} s  {one.title}, for {one.lasts:.1f} s" for one in faults)
