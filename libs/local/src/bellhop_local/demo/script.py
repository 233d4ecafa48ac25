"""What happens when? The day as a list of steps, the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from bellhop_local.demo.people import Person, Said, meet, speak


class Way(StrEnum):
    MAIL = "mail"
    FORM = "form"
    CHAT = "chat"
    WHATSAPP = "whatsapp"
    CALL = "call"
    SUBMISSION = "submission"
    EVENT = "event"
    SAMPLE = "sample"


class CallEnd(StrEnum):
    ANSWERED = "answered"
    HUNG_UP = "hung-up"


@dataclass(frozen=True, slots=True)
class Step:
    """`at` in seconds from the start. `again`: the same thing is handed in a second time, as providers do.

    `patience`: for how many seconds a caller waits. A sample's `number` says which one it is.
    """

    at: float
    number: int
    way: Way
    person: Person
    said: Said
    again: bool = False
    call_end: CallEnd = CallEnd.HUNG_UP
    patience: float = 2.0


MIX: Final = {
    Way.MAIL: 0.36,
    Way.FORM: 0.16,
    Way.CHAT: 0.12,
    Way.WHATSAPP: 0.14,
    Way.CALL: 0.06,
    Way.SUBMISSION: 0.08,
    Way.EVENT: 0.08,
}
REPEATS: Final = 0.06
PATIENCE: Final = (0.1, 2.0, 4.0)
SAMPLES: Final = 10
ANSWERED: Final = 0.6
PER_SECOND: Final = 1.6
PEOPLE_PER_SECOND: Final = 1.2
# Two spikes: everybody writes when something breaks.
SPIKES: Final = ((0.3, 14), (0.65, 14))


def write_script(seconds: float, seed: int) -> tuple[Step, ...]:
    random = Random(seed)
    return tuple(sorted(_steps(seconds, random), key=lambda step: (step.at, step.number)))


def _steps(seconds: float, random: Random) -> Iterator[Step]:
    yield from _samples(seconds)
    ways, shares = list(MIX), list(MIX.values())
    for number, at in enumerate(_instants(seconds, random)):
        who = random.randrange(max(8, int(seconds * PEOPLE_PER_SECOND)))
        person = meet(who, Random(who))
        way = random.choices(ways, shares)[0]
        end = CallEnd.ANSWERED if random.random() < ANSWERED else CallEnd.HUNG_UP
        again, patience = random.random() < REPEATS, random.choice(PATIENCE)
        yield Step(at, number, way, person, speak(person, random), again, end, patience)


def _samples(seconds: float) -> Iterator[Step]:
    """Each mail that a real program wrote once, spread over the day."""
    nobody = meet(0, Random(0))
    for number in range(SAMPLES):
        yield Step(seconds * (number + 0.5) / SAMPLES, number, Way.SAMPLE, nobody, speak(nobody, Random(0)))


def _instants(seconds: float, random: Random) -> Iterator[float]:
    yield from (random.uniform(0, seconds) for _ in range(int(seconds * PER_SECOND)))
    for share, count in SPIKES:
        yield from (seconds * share + random.uniform(0, min(1.5, seconds / 10)) for _ in range(count))
