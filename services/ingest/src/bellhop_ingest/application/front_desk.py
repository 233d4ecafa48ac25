"""Where do all doors hand in what they got? Each outcome is made durable, and answered, in the order given."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bellhop_common.kernel.attempt import attempt
from bellhop_common.postgres.errors import HandlerError, Outage
from bellhop_common.postgres.outbox import MAX_EVENT_BYTES, EventTooLarge
from bellhop_ingest.application.group_commit import MAX_GROUP, Busy, GroupCommit
from bellhop_ingest.domain.admission import Admitted, Applicant
from bellhop_ingest.domain.arrival import Arrival, Attachment
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.outcomes import Ignored, Outcome, Parked, Refused, refused
from bellhop_ingest.domain.places import Places

PLACES_FRESH_SECONDS: Final = 1.0

Answer = Admitted | Ignored | Refused


def unnoticed(_outcome: Outcome, _answer: Answer, _seconds: float) -> None:
    pass


@dataclass(frozen=True, slots=True)
class FrontDeskParts:
    """`look_up` reads the places from the database; `keep` stores attachments before their contact is told of.

    `answered` is told of each outcome with its answer and the seconds it took.
    """

    commits: GroupCommit[Applicant, Admitted]
    look_up: Callable[[], Awaitable[Places]]
    keep: Callable[[Sequence[Attachment]], Awaitable[None]]
    clock: Callable[[], datetime]
    answered: Callable[[Outcome, Answer, float], None] = unnoticed


class FrontDesk:
    def __init__(self, parts: FrontDeskParts) -> None:
        self._parts = parts
        self._places: Places | None = None
        self._looked_at = 0.0

    @property
    def now(self) -> datetime:
        return self._parts.clock()

    async def places(self) -> Places:
        """At most a second old. Raises `Busy` before the first desk is applied."""
        if self._places is None or time.monotonic() - self._looked_at > PLACES_FRESH_SECONDS:
            # Noted before looking, so that one of many looks and the others go on with what is known.
            self._looked_at = time.monotonic()
            self._places = await self._fresh()
        if self._places.is_empty:
            self._places = None
            raise Busy("no desk file applied yet")
        return self._places

    async def _fresh(self) -> Places:
        """What was known stays good while the database is away; what arrives is refused further on."""
        found = await attempt(self._parts.look_up())
        match found:
            case Outage(reason=reason):
                if self._places is None:
                    raise Busy(reason)
                return self._places
            case HandlerError(error=error):
                raise error
            case _:
                return found

    async def door(self, entry_point: str) -> Door | None:
        place = (await self.places()).find(entry_point)
        return None if place is None else place.door

    async def take(self, outcomes: Sequence[Outcome]) -> list[Answer]:
        """In their order; many at once share their commits."""
        for outcome in outcomes:
            await self._keep(_attachments(outcome))
        answers: list[Answer] = []
        for first in range(0, len(outcomes), MAX_GROUP):
            answers += await asyncio.gather(*map(self._take, outcomes[first : first + MAX_GROUP]))
        return answers

    async def _keep(self, attachments: Sequence[Attachment]) -> None:
        """A full or broken disk is an outage like any other."""
        failure = await attempt(self._parts.keep(attachments))
        if isinstance(failure, Outage):
            raise Busy(f"attachments can't be stored: {failure.reason}")
        if isinstance(failure, HandlerError):
            raise failure.error

    async def _take(self, outcome: Outcome) -> Answer:
        since = time.monotonic()
        if isinstance(outcome, Ignored | Refused):
            answer: Answer = outcome
        else:
            answer = await self._admitted(Applicant(outcome, self.now))
        self._parts.answered(outcome, answer, time.monotonic() - since)
        return answer

    async def _admitted(self, applicant: Applicant) -> Admitted | Refused:
        """Small as it may be, with all that is known of its customer it may be more than an event can hold."""
        try:
            return await self._parts.commits.submit(applicant)
        except EventTooLarge as error:
            return refused("body", f"an event of {error.size} bytes", f"at most {MAX_EVENT_BYTES}")


def _attachments(outcome: Outcome) -> Sequence[Attachment]:
    match outcome:
        case Arrival(attachments=found) | Parked(arrival=Arrival(attachments=found)):
            return [one for one in found if one.content]
        case _:
            return ()
