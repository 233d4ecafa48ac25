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
    """`at` in seconds from the start. `again`: the same thing is handed in a second time, as providers do."""

    at: float
    number: int
    way: Way
    person: Person
    said: Said
    again: bool = False
    call_end: CallEnd = CallEnd.HUNG_UP


MIX: Final = {
    Way.MAIL: 0.36,
    Way.FORM: 0.16,
    Way.CHAT: 0.12,
    Way.WHATSAPP: 0.14,
    Way.CALL: 0.06,
    Way.SUBMISSION: 0.06,
    Way.EVENT: 0.06,
    Way.SAMPLE: 0.04,
}
REPEATS: Final = 0.06
ANSWERED: Final = 0.6
PER_SECOND: Final = 1.6
PEOPLE_PER_SECOND: Final = 1.2
# Two spikes: everybody writes when something breaks.
SPIKES: Final = ((0.3, 14), (0.65, 14))


def write_script(seconds: float, seed: int) -> tuple[Step, ...]:
    random = Random(seed)
    return tuple(sorted(_steps(seconds, random), key=lambda step: (step.at, step.number)))


def _steps(seconds: float, random: Random) -> Iterator[Step]:
    ways, shares = list(MIX), list(MIX.values())
    for number, at in enumerate(_instants(seconds, random)):
        who = random.randrange(max(8, int(seconds * PEOPLE_PER_SECOND)))
        person = meet(who, Random(who))
        way = random.choices(ways, shares)[0]
        end = CallEnd.ANSWERED if random.random() < ANSWERED else CallEnd.HUNG_UP
        yield Step(at, number, way, person, speak(person, random), random.random() < REPEATS, end)


def _instants(seconds: float, random: Random) -> Iterator[float]:
    yield from (random.uniform(0, seconds) for _ in range(int(seconds * PER_SECOND)))
    for share, count in SPIKES:
        yield from (seconds * share + random.uniform(0, min(1.5, seconds / 10)) for _ in range(count))
