"""Does the checker get the same instants as the clocks?"""

from datetime import UTC, datetime, timedelta

from bellhop_common.events.wire import rfc3339
from bellhop_common.history.ports import ClockStory
from bellhop_common.history.records import Fields, HistoryRecord
from bellhop_sla.adapters.history import due_at

NINE = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DESK: Fields = {
    "version": 1,
    "name": "Help",
    "queues": [{"name": "front", "calendar": "office"}],
    "calendars": [{"name": "office", "time_zone": "UTC", "hours": "Mo-Fr 09:00-17:00"}],
    "sla": [{"name": "standard", "targets": [{"metric": "first_response_time", "within": "PT4H"}]}],
}


def started(metric: str = "first_response_time", policy: str = "standard") -> HistoryRecord:
    body: Fields = {"metric": metric, "policy": policy, "queue": "front", "tier": 1, "started_at": rfc3339(NINE)}
    return HistoryRecord("sla.v1", 0, 0, NINE, "k", type="sla.clock-started", body=body)


def story(*pauses: tuple[datetime, datetime | None], threshold: int | None = None) -> ClockStory:
    record = started()
    return ClockStory(record, pauses, DESK, record, threshold)


def test_without_a_pause_it_is_due_after_its_time_in_office_hours() -> None:
    assert due_at(story()) == NINE + timedelta(hours=4)


def test_a_warning_is_due_at_its_share() -> None:
    assert due_at(story(threshold=50)) == NINE + timedelta(hours=2)


def test_a_pause_moves_it_over_night() -> None:
    paused = (NINE + timedelta(hours=1), NINE + timedelta(hours=7))
    assert due_at(story(paused)) == NINE + timedelta(days=1, hours=2)


def test_a_pause_that_goes_on_leaves_it_where_it_was() -> None:
    assert due_at(story((NINE + timedelta(hours=1), None))) == NINE + timedelta(hours=4)


def test_a_policy_that_the_file_does_not_have_says_nothing() -> None:
    record = started(policy="other")
    assert due_at(ClockStory(record, (), DESK, record)) is None


def test_a_promise_carries_its_own_instant() -> None:
    record = started(metric="promised_time")
    assert due_at(ClockStory(record, (), DESK, record)) is None
