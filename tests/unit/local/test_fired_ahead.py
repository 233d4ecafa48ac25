"""Is a timer found that fired although the news that would have stopped it lay there?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from bellhop_local.faults.ahead import Ahead, Told, fired_ahead, save

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def told(name: str, named: str, second: float, body: dict[str, object], cause: str | None = None) -> Told:
    at = NOON + timedelta(seconds=second)
    return Told(name, named, cause, None if name == "work.accept" else at, at, body)


def words(found: Iterable[Ahead]) -> list[str]:
    return [one.words for one in found]


def offered_and_expired(expired_after: float) -> list[Told]:
    return [
        told("work.offered", "o", 0, {"offer_id": "1", "timeout_seconds": 4.0}),
        told("work.offer-expired", "e", expired_after, {"offer_id": "1"}),
    ]


def test_an_offer_that_was_accepted_in_time_may_not_expire() -> None:
    history = [*offered_and_expired(9), told("work.accept", "a", 3, {"offer_id": "1"})]
    assert words(fired_ahead(history)) == ["offer 1 expired, answered at 2027-03-01 12:00:03+00:00"]


def test_an_accept_after_the_offer_s_end_changes_nothing() -> None:
    history = [*offered_and_expired(9), told("work.accept", "a", 4.5, {"offer_id": "1"})]
    assert words(fired_ahead(history)) == []


def test_what_came_within_the_last_seconds_may_be_unseen() -> None:
    history = [*offered_and_expired(4.1), told("work.accept", "a", 3.5, {"offer_id": "1"})]
    assert words(fired_ahead(history)) == []


def breached_and_corrected(cause: str | None = None) -> list[Told]:
    clock: dict[str, object] = {"started_at": str(NOON), "elapsed_seconds": 8.0, "paused_seconds": 0.0}
    return [
        told("sla.clock-breached", "b", 20, clock, cause),
        told("sla.clock-corrected", "c", 30, {"corrects": "b"}, cause="r"),
    ]


def test_a_breach_may_be_corrected_by_what_came_later_only() -> None:
    late = told("work.replied", "r", 25, {})
    there = told("work.replied", "r", 5, {})
    assert words(fired_ahead([*breached_and_corrected(), late])) == []
    assert words(fired_ahead([*breached_and_corrected(), there])) == [
        "sla.clock-breached b was wrong, as work.replied of 2027-03-01 12:00:05+00:00 had told"
    ]


def test_what_a_fact_led_to_is_no_timer_s_fault() -> None:
    assert words(fired_ahead([*breached_and_corrected("x"), told("work.replied", "r", 5, {})])) == []


def test_a_record_of_after_the_instant_may_have_been_the_last_that_was_read() -> None:
    reply = told("work.replied", "r", 12, {})
    beyond, not_beyond = (replace(reply, behind=NOON + timedelta(seconds=second)) for second in (8.1, 7.9))
    assert words(fired_ahead([*breached_and_corrected(), beyond])) == []
    assert len(words(fired_ahead([*breached_and_corrected(), not_beyond]))) == 1


def test_what_was_told_twice_was_there_from_the_first_time() -> None:
    twice = [told("work.replied", "r", second, {}) for second in (5, 25)]
    assert len(words(fired_ahead([*breached_and_corrected(), *twice]))) == 1


def test_the_history_of_what_went_wrong_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "suspects.jsonl"
    mine, other = (told("work.queued", name, 1, {"conversation_id": name}) for name in ("mine", "other"))
    save([mine, other], {"mine"}, path)
    assert [orjson.loads(line)["id"] for line in path.read_bytes().splitlines()] == ["mine"]
