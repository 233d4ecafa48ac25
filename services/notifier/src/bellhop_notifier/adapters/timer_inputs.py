"""What must have been read before a notice's timer may fire? All topics that could still speak against it."""

from collections.abc import Sequence

from aiokafka.partitioner import murmur2

from bellhop_common.decision import Subject
from bellhop_common.events import topics
from bellhop_common.events.topics import Topic
from bellhop_notifier.domain.notice import Kind
from bellhop_notifier.domain.subjects import read_pointer

Place = tuple[str, int]
ABOUT_A_CONVERSATION = (topics.CONTACT, topics.WORK, topics.SLA)


class TimerInputs:
    """Full topic names with partitions; `prefix` is that of the topics."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def of(self, _kind: str, subject: Subject) -> Sequence[Place]:
        """A greeting waits for news of any conversation: nothing else tells which are the customer's.

        A reply's only timer asks whether it was received, so that one waits for receipts.
        """
        pointer = read_pointer(subject)
        places: list[Place] = []
        if pointer.conversation_id is not None:
            places += [self._one(topic, str(pointer.conversation_id)) for topic in ABOUT_A_CONVERSATION]
        if pointer.kind is Kind.BIRTHDAY:
            places += [*self._all(topics.WORK), *self._all(topics.SLA)]
        if pointer.kind is Kind.REPLY:
            places += self._all(topics.DELIVERY)
        if pointer.customer_id is not None and pointer.kind is not Kind.ACKNOWLEDGEMENT:
            places.append(self._one(topics.CUSTOMER_STATE, str(pointer.customer_id)))
        return places

    def _one(self, topic: Topic, key: str) -> Place:
        return topic.full(self._prefix), (int(murmur2(key.encode())) & 0x7FFF_FFFF) % topic.partitions

    def _all(self, topic: Topic) -> list[Place]:
        return [(topic.full(self._prefix), partition) for partition in range(topic.partitions)]
