"""Which partitions may hold news of a conversation? Its own one in each topic that facts come from."""

from collections.abc import Callable, Sequence

from aiokafka.partitioner import murmur2

from bellhop_common.decision import Subject
from bellhop_common.events.topics import CONTACT, WORK
from bellhop_common.kernel.delivery import Place

FACTS = (WORK, CONTACT)


def places_of(prefix: str) -> Callable[[str, Subject], Sequence[Place]]:
    def inputs(_kind: str, subject: Subject) -> Sequence[Place]:
        hashed = int(murmur2(subject.id.encode())) & 0x7FFFFFFF
        return [(topic.full(prefix), hashed % topic.partitions) for topic in FACTS]

    return inputs
