"""Can the events that follow from a submission be published? If not, its sender is told, and nothing else happens."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

import orjson

from bellhop_common.decision import Decision, MissingReference
from bellhop_common.postgres.outbox import MAX_EVENT_BYTES, Outgoing
from bellhop_ingest.domain.decide import Happening, IngestState
from bellhop_ingest.domain.events import IngestEvent, SubmissionRefused
from bellhop_ingest.domain.inputs import Submitted
from bellhop_ingest.domain.outcomes import FieldError

MOST_BYTES: Final = MAX_EVENT_BYTES - 1024
"""What is left over is for what the outbox adds: instant, desk and sequence."""

Decide: TypeAlias = Callable[[IngestState, Happening, datetime], Decision[IngestState, IngestEvent] | MissingReference]


def refusing_outsize(decide: Decide, encode: Callable[[IngestEvent], Outgoing]) -> Decide:
    """A submission may be small and yet too much: its event names all that is known of the customer."""

    def decided(
        state: IngestState, happening: Happening, now: datetime
    ) -> Decision[IngestState, IngestEvent] | MissingReference:
        decision = decide(state, happening, now)
        if not isinstance(decision, Decision) or not isinstance(happening, Submitted):
            return decision
        size = max((len(orjson.dumps(encode(event).body)) for event in decision.events), default=0)
        if size <= MOST_BYTES:
            return decision
        wrong = FieldError("data", f"an event of {size} bytes", f"at most {MOST_BYTES}")
        return Decision(state, (SubmissionRefused(happening.submission_id, happening.record, (wrong,)),))

    return decided
