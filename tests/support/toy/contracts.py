"""What does the toy read and write?"""

from datetime import timedelta
from typing import ClassVar

from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import Message

SERVICE = "toy"


class Toy(Message):
    desk: str = "a"


class ToyAdd(Toy):
    """`refers_to` names a key that must have been counted before."""

    type_name: ClassVar[str] = "toy.add"
    number: int
    refers_to: str | None = None


class ToyExplode(Toy):
    """The handler raises on it."""

    type_name: ClassVar[str] = "toy.explode"


class ToyRemind(Toy):
    type_name: ClassVar[str] = "toy.remind"
    after_ms: int


class ToyCall(Toy):
    type_name: ClassVar[str] = "toy.call"
    text: str


class ToyOpened(Toy):
    """A desk whose name begins with x has to be opened before anything counts there."""

    type_name: ClassVar[str] = "toy.opened"


class ToyCounted(Toy):
    type_name: ClassVar[str] = "toy.counted"
    number: int
    count: int
    total: int


class ToyReminded(Toy):
    type_name: ClassVar[str] = "toy.reminded"
    late_ms: int


class ToyAnswered(Toy):
    type_name: ClassVar[str] = "toy.answered"
    outcome: str
    in_doubt: bool


def _types(*models: type[Message]) -> dict[str, type[Message]]:
    return {model.type_name: model for model in models}


TOY_INPUT = Topic(
    name="toy.input.v1",
    key="key",
    written_by=("tests",),
    read_by=(SERVICE,),
    types=_types(ToyAdd, ToyExplode, ToyRemind, ToyCall),
    partitions=6,
    retention=timedelta(days=7),
)
TOY_ORDERED = Topic(
    name="toy.ordered.v1",
    key="key",
    written_by=("tests",),
    read_by=(SERVICE,),
    types=_types(ToyAdd),
    partitions=2,
    sequenced=True,
)
TOY_STATE = Topic(
    name="toy.state.v1",
    key="key",
    written_by=("tests",),
    read_by=(SERVICE,),
    types=_types(ToyAdd, ToyOpened),
    partitions=1,
    retention=None,
    compacted=True,
)
TOY_COUNTED = Topic(
    name="toy.counted.v1",
    key="key",
    written_by=(SERVICE,),
    read_by=("tests",),
    types=_types(ToyCounted, ToyReminded, ToyAnswered),
    partitions=6,
    sequenced=True,
)
CATALOGUE = (TOY_INPUT, TOY_ORDERED, TOY_STATE, TOY_COUNTED)
