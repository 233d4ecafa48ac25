"""Where does reading begin when partitions come, and what is finished before they go?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener

from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.delivery import Place
from bellhop_common.messaging.commits import DeferredCommits
from bellhop_common.messaging.inbox import Stored
from bellhop_common.observability.health import Health

RETRY_SECONDS: Final = 0.5
# The client itself would ask on for ever.
BEGIN_SECONDS: Final = 10.0
WHO: Final = "partitions"
READER: Final = "consumer"
NOTHING_STORED: Final = Stored(0)


class Reading(Protocol):
    @property
    def client(self) -> AIOKafkaConsumer | None: ...

    @property
    def is_paused(self) -> bool: ...

    async def settle(self, within: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Ends:
    """What Kafka and the database know of one partition.

    `younger` is the log's first offset whose record was appended after everything that the database handled.
    """

    stored: int | None
    committed: int | None
    log_start: int
    log_end: int
    younger: int | None = None

    @property
    def strange(self) -> str | None:
        """Why this can't be the log whose offsets below `stored` were handled."""
        if self.stored is None:
            return None
        if self.stored > self.log_end:
            return f"its log ends at {self.log_end}"
        if self.younger is not None and self.younger < self.stored:
            return f"its record {self.younger} is younger than all of them"
        return None


class TopicRecreated(Exception):
    """The database handled other records than the log has: the topic was deleted and made again, or lost data."""

    def __init__(self, place: Place, ends: Ends) -> None:
        self.place = place
        super().__init__(
            f"{place[0]}/{place[1]}: offsets below {ends.stored} were handled, but {ends.strange};"
            " the topic was made anew or lost records. Delete this topic's rows in next_offsets for it to read on."
        )


def begin_at(place: Place, ends: Ends) -> int | None:
    """The smaller of what the database stored and Kafka committed; None leaves a new group to its beginning.

    Offsets that only Kafka knows are older than the database, which was restored or made anew: it has handled nothing.
    """
    if ends.stored is None:
        return None if ends.committed is None else ends.log_start
    if ends.strange:
        raise TopicRecreated(place, ends)
    begin = ends.stored if ends.committed is None else min(ends.stored, ends.committed)
    return max(begin, ends.log_start)


@dataclass(frozen=True, slots=True)
class Seams:
    """`stored` reads the database; `fatal` ends the process with a reason."""

    stored: Callable[[], Awaitable[Mapping[Place, Stored]]]
    fatal: Callable[[Exception], None]
    moved: Callable[[Mapping[TopicPartition, int]], None]
    commits: DeferredCommits
    health: Health
    settle_timeout: float = 8.0


class Assignment(ConsumerRebalanceListener):
    """New partitions stand still until it is known where to begin; the group never waits for the database."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams
        self._consumer: Reading | None = None
        self._finding: asyncio.Task[None] | None = None
        self._generation = 0
        self.log_starts: dict[Place, int] = {}
        self.begun: set[TopicPartition] = set()

    def bind(self, consumer: Reading) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._generation += 1
        if self._finding is not None:
            self._finding.cancel()
        for who in (WHO, READER):  # whoever still waits for something says so again
            self._seams.health.go_on(who)
        self.begun = set()
        self._seams.moved({})
        if self._consumer is not None and revoked:
            await self._consumer.settle(self._seams.settle_timeout)
            self._seams.commits.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        client = None if self._consumer is None else self._consumer.client
        if client is None or not assigned:
            return
        client.pause(*assigned)
        self._seams.commits.attach(client)
        self._finding = asyncio.create_task(self._find(client, sorted(assigned), self._generation))

    async def _find(self, client: AIOKafkaConsumer, places: list[TopicPartition], generation: int) -> None:
        """Kafka or the database may be away: then the partitions wait, and the process isn't ready.

        It may be told to end in the very moment in which it has found; then the generation tells.
        """
        begin = partial(self._begin, client, places, generation)
        while (failure := await attempt(asyncio.wait_for(begin(), BEGIN_SECONDS))) is not None:
            if generation != self._generation:
                return None
            if isinstance(failure.error, TopicRecreated):
                return self._seams.fatal(failure.error)
            self._seams.health.wait(WHO, failure.reason)
            await asyncio.sleep(RETRY_SECONDS)
        return self._seams.health.go_on(WHO)

    async def _begin(self, client: AIOKafkaConsumer, places: list[TopicPartition], generation: int) -> None:
        stored = await self._seams.stored()
        starts, ends, younger = await asyncio.gather(
            client.beginning_offsets(places), client.end_offsets(places), _younger(client, places, stored)
        )
        # The client asks for one partition at a time, and there are a hundred.
        committed = dict(zip(places, await asyncio.gather(*map(client.committed, places)), strict=True))
        begins: dict[TopicPartition, int] = {}
        for place in places:
            row = stored.get((place.topic, place.partition))
            handled = None if row is None else row.next_offset
            known = Ends(handled, committed[place], starts[place], ends[place], younger.get(place))
            offset = begin_at((place.topic, place.partition), known)
            if offset is not None:
                client.seek(place, offset)
            begins[place] = next(at for at in (offset, known.committed, known.log_start) if at is not None)
        if generation == self._generation:
            self._started(client, begins, starts)

    def _started(
        self, client: AIOKafkaConsumer, begins: Mapping[TopicPartition, int], starts: Mapping[TopicPartition, int]
    ) -> None:
        self.log_starts.update({(place.topic, place.partition): start for place, start in starts.items()})
        self.begun = set(begins)
        self._seams.moved(begins)
        if self._consumer is not None and not self._consumer.is_paused:
            client.resume(*begins)
        self._seams.health.log.info("partitions-assigned", count=len(begins))


async def _younger(
    client: AIOKafkaConsumer, places: Sequence[TopicPartition], stored: Mapping[Place, Stored]
) -> dict[TopicPartition, int]:
    """Append times never go back further than what was handled, so a young record at a low offset is another log's."""
    moments = {place: stored.get((place.topic, place.partition), NOTHING_STORED).applied_at for place in places}
    asked = {place: round(at.timestamp() * 1000) + 1 for place, at in moments.items() if at is not None}
    found = await client.offsets_for_times(asked) if asked else {}
    return {place: there.offset for place, there in found.items() if there is not None}
