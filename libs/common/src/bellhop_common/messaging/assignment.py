"""Where does reading begin when partitions come, and what is finished before they go?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener

from bellhop_common.kernel.attempt import attempt
from bellhop_common.kernel.delivery import Place
from bellhop_common.messaging.commits import DeferredCommits
from bellhop_common.observability.health import Health

RETRY_SECONDS: Final = 0.5
# The client itself would ask on for ever.
BEGIN_SECONDS: Final = 10.0
WHO: Final = "partitions"


class Reading(Protocol):
    @property
    def client(self) -> AIOKafkaConsumer | None: ...

    @property
    def is_paused(self) -> bool: ...

    async def settle(self, within: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Ends:
    """What Kafka and the database know of one partition."""

    stored: int | None
    committed: int | None
    log_start: int
    log_end: int


class TopicRecreated(Exception):
    """The database handled offsets that the log doesn't have: the topic was deleted and made again, or lost data."""

    def __init__(self, place: Place, ends: Ends) -> None:
        self.place = place
        super().__init__(
            f"{place[0]}/{place[1]}: offsets below {ends.stored} were handled, but its log ends at {ends.log_end};"
            " the topic was made anew or lost records. Delete this group's rows in next_offsets for it to read on."
        )


def begin_at(place: Place, ends: Ends) -> int | None:
    """The smaller of what the database stored and Kafka committed; None leaves a new group to its beginning.

    Offsets that only Kafka knows are older than the database, which was restored or made anew: it has handled nothing.
    """
    if ends.stored is None:
        return None if ends.committed is None else ends.log_start
    if ends.stored > ends.log_end:
        raise TopicRecreated(place, ends)
    begin = ends.stored if ends.committed is None else min(ends.stored, ends.committed)
    return max(begin, ends.log_start)


@dataclass(frozen=True, slots=True)
class Seams:
    """`stored` reads the database; `fatal` ends the process with a reason."""

    stored: Callable[[], Awaitable[Mapping[Place, int]]]
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
        self.log_starts: dict[Place, int] = {}
        self.begun: set[TopicPartition] = set()

    def bind(self, consumer: Reading) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        if self._finding is not None:
            self._finding.cancel()
            self._seams.health.go_on(WHO)
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
        self._finding = asyncio.create_task(self._find(client, sorted(assigned)))

    async def _find(self, client: AIOKafkaConsumer, places: list[TopicPartition]) -> None:
        """Kafka or the database may be away: then the partitions wait, and the process isn't ready."""
        begin = partial(self._begin, client, places)
        while (failure := await attempt(asyncio.wait_for(begin(), BEGIN_SECONDS))) is not None:
            if isinstance(failure.error, TopicRecreated):
                return self._seams.fatal(failure.error)
            self._seams.health.wait(WHO, failure.reason)
            await asyncio.sleep(RETRY_SECONDS)
        return self._seams.health.go_on(WHO)

    async def _begin(self, client: AIOKafkaConsumer, places: list[TopicPartition]) -> None:
        stored, starts, ends = await asyncio.gather(
            self._seams.stored(), client.beginning_offsets(places), client.end_offsets(places)
        )
        # The client asks for one partition at a time, and there are a hundred.
        committed = dict(zip(places, await asyncio.gather(*map(client.committed, places)), strict=True))
        begins: dict[TopicPartition, int] = {}
        for place in places:
            known = Ends(stored.get((place.topic, place.partition)), committed[place], starts[place], ends[place])
            offset = begin_at((place.topic, place.partition), known)
            if offset is not None:
                client.seek(place, offset)
            begins[place] = next(at for at in (offset, known.committed, known.log_start) if at is not None)
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
