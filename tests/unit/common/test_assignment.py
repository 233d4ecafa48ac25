"""Where does reading begin when a partition comes?"""

import asyncio
from typing import cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from bellhop_common.messaging import assignment
from bellhop_common.messaging.assignment import Assignment, Ends, Seams, TopicRecreated, begin_at
from bellhop_common.messaging.commits import DeferredCommits
from bellhop_common.messaging.inbox import Stored
from bellhop_common.observability.health import Health
from bellhop_common.observability.logging import logger
from support.waiting import until

PLACE = ("support.work.v1", 3)


def test_a_new_group_begins_where_kafka_lets_it() -> None:
    assert begin_at(PLACE, Ends(None, None, 0, 10)) is None


def test_a_database_that_handled_nothing_yet_begins_at_the_beginning_whatever_kafka_says() -> None:
    assert begin_at(PLACE, Ends(stored=None, committed=4, log_start=2, log_end=10)) == 2


def test_after_a_restore_the_database_is_behind_and_goes_first() -> None:
    assert begin_at(PLACE, Ends(stored=4, committed=9, log_start=0, log_end=10)) == 4


def test_commits_that_lag_are_read_again() -> None:
    assert begin_at(PLACE, Ends(stored=9, committed=4, log_start=0, log_end=10)) == 4


def test_a_lost_commit_leaves_the_database() -> None:
    assert begin_at(PLACE, Ends(stored=9, committed=None, log_start=0, log_end=10)) == 9


def test_what_retention_took_can_not_be_read() -> None:
    assert begin_at(PLACE, Ends(stored=4, committed=9, log_start=6, log_end=10)) == 6


def test_the_end_of_the_log_is_not_beyond_it() -> None:
    assert begin_at(PLACE, Ends(stored=10, committed=10, log_start=0, log_end=10)) == 10


def test_handled_offsets_that_the_log_does_not_have_mean_another_topic() -> None:
    with pytest.raises(TopicRecreated, match="offsets below 11 were handled, but its log ends at 10"):
        begin_at(PLACE, Ends(stored=11, committed=11, log_start=0, log_end=10))


def test_a_record_at_a_handled_offset_that_is_younger_than_what_was_handled_means_another_topic() -> None:
    with pytest.raises(TopicRecreated, match="offsets below 5 were handled, but its record 0 is younger"):
        begin_at(PLACE, Ends(stored=5, committed=5, log_start=0, log_end=9, younger=0))


def test_what_is_younger_and_not_handled_yet_is_read_next() -> None:
    assert begin_at(PLACE, Ends(stored=5, committed=5, log_start=0, log_end=9, younger=5)) == 5


class Client:
    """A consumer whose group's coordinator answers only once `there` is set; it counts who asks at once."""

    def __init__(self) -> None:
        self.there = asyncio.Event()
        self.asking = self.most_at_once = 0
        self.resumed: list[TopicPartition] = []

    def pause(self, *_: TopicPartition) -> None: ...

    def resume(self, *places: TopicPartition) -> None:
        self.resumed += places

    def seek(self, *_: object) -> None: ...

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, 9)

    async def offsets_for_times(self, asked: dict[TopicPartition, int]) -> dict[TopicPartition, None]:
        return dict.fromkeys(asked)

    async def committed(self, _: TopicPartition) -> int | None:
        self.asking += 1
        self.most_at_once = max(self.most_at_once, self.asking)
        try:
            await self.there.wait()
        finally:
            self.asking -= 1
        return 4


class Bound:
    """A consumer that nobody paused."""

    is_paused = False

    def __init__(self, client: Client) -> None:
        self.client = cast(AIOKafkaConsumer, client)

    async def settle(self, within: float) -> None: ...


async def none_stored() -> dict[tuple[str, int], Stored]:
    return {}


async def test_while_partitions_can_not_begin_the_process_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "BEGIN_SECONDS", 0.05)
    log, client = logger("test"), Client()
    health = Health(log, started=True)
    assigned = Assignment(Seams(none_stored, lambda _: None, lambda _: None, DeferredCommits(log), health))
    assigned.bind(Bound(client))
    places = {TopicPartition("t", number) for number in range(12)}
    await assigned.on_partitions_assigned(places)

    async def waits() -> bool:
        return health.waiting == {"partitions": "TimeoutError"} and not health.ready

    await until(waits)
    assert client.most_at_once == 12
    assert client.resumed == []
    client.there.set()

    async def begun() -> bool:
        return health.ready and set(client.resumed) == places

    await until(begun)


async def test_partitions_that_go_before_they_began_keep_nobody_from_being_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(assignment, "BEGIN_SECONDS", 0.05)
    log = logger("test")
    health = Health(log, started=True)
    assigned = Assignment(Seams(none_stored, lambda _: None, lambda _: None, DeferredCommits(log), health))
    assigned.bind(Bound(Client()))
    await assigned.on_partitions_assigned({TopicPartition("t", 0)})

    async def waits() -> bool:
        return not health.ready

    await until(waits)
    await assigned.on_partitions_revoked({TopicPartition("t", 0)})
    assert health.ready
