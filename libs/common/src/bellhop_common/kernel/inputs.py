"""What does a record mean to this service? Parsed, translated, identified: a delivery, a dead letter, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from aiokafka import ConsumerRecord

from bellhop_common.decision import MissingReference
from bellhop_common.events.envelope import causation_id
from bellhop_common.ids import natural_id
from bellhop_common.kernel.delivery import (
    DeadLetter,
    Delivery,
    Parked,
    Place,
    Poison,
    RawRecord,
    Received,
    SequencePlace,
)
from bellhop_common.kernel.service import Service
from bellhop_common.messaging.dead_letters import DL_REPLAY
from bellhop_common.messaging.parse import Reader

StateT = TypeVar("StateT")
InputT = TypeVar("InputT")
EventT = TypeVar("EventT")


def raw_record(record: "ConsumerRecord[bytes, bytes]", appended_at: datetime) -> RawRecord:
    headers = tuple((str(name), value) for name, value in record.headers)
    return RawRecord(record.topic, record.partition, record.offset, record.key, record.value, headers, appended_at)


@dataclass(frozen=True, slots=True)
class Inputs(Generic[StateT, InputT, EventT]):
    """`log_starts` is the first offset that each assigned partition still held when it was assigned."""

    service: Service[StateT, InputT, EventT]
    reader: Reader
    log_starts: Mapping[Place, int]
    clock: Callable[[], datetime]

    def read(self, raw: RawRecord, parked: Parked | None = None) -> Delivery[InputT] | DeadLetter | None:
        """None is for what doesn't concern the service. Its own translation never fails on an event that is valid."""
        now = raw.appended_at if parked is not None else self.clock()
        received = self.reader.read(raw, now)
        if isinstance(received, Poison):
            return DeadLetter(raw, received.error_class, poison=received)
        translated = self.service.translate(received)
        if translated is None:
            return None
        return Delivery(
            input=translated,
            raw=raw,
            subject=self.service.subject(translated, received.key),
            identity=_identity(raw, received),
            sequenced=self._sequenced(raw, received),
            cause=causation_id(received.envelope) or _named(received),
            parked=parked,
            traceparent=received.envelope.traceparent,
            is_state=received.topic.compacted,
        )

    def _sequenced(self, raw: RawRecord, received: Received) -> SequencePlace | None:
        stamp = received.stamp
        if stamp.epoch is None or stamp.sequence is None:
            return None
        origin = raw.origin
        log_start = self.log_starts.get((origin.topic, origin.partition), 0)
        return SequencePlace(
            origin.topic, received.key, stamp.epoch, stamp.sequence, log_start, replayed=received.replayed
        )


def unlocated(delivery: Delivery[InputT], kind: str) -> Delivery[InputT]:
    """Its desk isn't known yet: it waits as for any other missing reference."""
    return replace(delivery, missing=MissingReference(kind, delivery.subject.id))


def _identity(raw: RawRecord, received: Received) -> UUID | None:
    """What was handled before is known by version on compacted topics, by sequence on sequenced ones."""
    if received.replayed:
        again = raw.header(DL_REPLAY) or f"{raw.partition}/{raw.offset}"
        return natural_id("replay", received.envelope.source, received.envelope.id, again)
    if received.topic.compacted or received.topic.sequenced:
        return None
    return _named(received)


def _named(received: Received) -> UUID:
    return natural_id("event", received.envelope.source, received.envelope.id)
