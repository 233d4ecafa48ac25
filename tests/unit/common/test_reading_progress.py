"""How far is a process, is it stuck, and who writes a batch's place?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiokafka import ConsumerRecord, TopicPartition

from bellhop_common.kernel.delivery import RawRecord
from bellhop_common.kernel.intake import Completion
from bellhop_common.kernel.positions import Positions
from bellhop_common.kernel.watchdog import Signs, verdict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)


@dataclass
class FakeClient:
    ends: dict[TopicPartition, int] = field(default_factory=dict)

    def highwater(self, partition: TopicPartition) -> int | None:
        return self.ends.get(partition)

    def last_poll_timestamp(self, partition: TopicPartition) -> int | None:
        return 1_000 if partition in self.ends else None


def record(place: TopicPartition, offset: int) -> "ConsumerRecord[bytes, bytes]":
    return ConsumerRecord(place.topic, place.partition, offset, 0, 0, None, b"", None, 0, 0, ())


def raw(partition: int, offset: int, second: int = 0) -> RawRecord:
    return RawRecord("t", partition, offset, None, b"", (), NOW.replace(second=second))


def test_lag_counts_from_what_was_handled() -> None:
    positions = Positions()
    positions.begin({FIRST: 5, SECOND: 0})
    client = FakeClient({FIRST: 8})
    assert positions.lags(client) == {FIRST: 3}
    positions.handled([record(FIRST, 5), record(FIRST, 6)])
    assert positions.lags(client) == {FIRST: 1}


def test_the_end_is_seen_only_when_everything_before_it_was_handled() -> None:
    positions = Positions()
    positions.begin({FIRST: 0, SECOND: 0})
    client = FakeClient({FIRST: 1, SECOND: 0})
    assert positions.ends(client, 1_500) == {("t", 1): 0.5}
    positions.handled([record(FIRST, 0)])
    assert positions.ends(client, 1_500) == {("t", 0): 0.5, ("t", 1): 0.5}


def test_records_of_partitions_that_went_away_count_no_more() -> None:
    positions = Positions()
    positions.begin({SECOND: 0})
    positions.handled([record(FIRST, 7)])
    assert positions.lags(FakeClient({FIRST: 9, SECOND: 2})) == {SECOND: 2}


def test_lag_without_progress_is_being_stuck() -> None:
    assert verdict(Signs(lag=3, still_for=61), patience=60) == "3 records wait, and none was handled for 61 s"
    assert verdict(Signs(lag=3, still_for=59), patience=60) is None
    assert verdict(Signs(lag=0, still_for=600), patience=60) is None


def test_a_dead_task_is_being_stuck_at_once() -> None:
    assert verdict(Signs(0, 0, ("fetcher",)), patience=60) == "ended unasked: fetcher"


def test_the_last_share_of_a_batch_writes_its_place() -> None:
    completion = Completion([raw(0, 4, 3), raw(0, 5, 2), raw(1, 9)], shares=2)
    assert completion.claim() is None
    completion.share_done()
    progress = completion.claim()
    assert progress is not None
    assert progress.next_offsets == {("t", 0): 6, ("t", 1): 10}
    assert progress.applied_at == {("t", 0): NOW.replace(second=3), ("t", 1): NOW}
    completion.share_done()
    assert completion.unwritten is None


def test_where_no_share_was_the_last_the_place_is_written_after_them() -> None:
    completion = Completion([raw(0, 4)], shares=2)
    assert (completion.claim(), completion.claim()) == (None, None)
    completion.share_done()
    completion.share_done()
    assert completion.unwritten is not None


def test_a_batch_that_concerns_nobody_moves_on_all_the_same() -> None:
    completion = Completion([raw(0, 4)], shares=0)
    assert completion.unwritten is not None
