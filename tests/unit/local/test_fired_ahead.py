"""Is a timer found that fired although the news that would have stopped it lay there?"""

from datetime import UTC, datetime, timedelta

from bellhop_local.faults.ahead import Told, fired_ahead

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def told(name: str, named: str, second: float, body: dict[str, object], cause: str | None = None) -> Told:
    at = NOON + timedelta(seconds=second)
    return Told(name, named, cause, None if name == "work.accept" else at, at, body)


def offered_and_expired(expired_after: float) -> list[Told]:
    return [
        told("work.offered", "o", 0, {"offer_id": "1", "timeout_seconds": 4.0}),
        told("work.offer-expired", "e", expired_after, {"offer_id": "1"}),
    ]


def test_an_offer_that_was_accepted_in_time_may_not_expire() -> None:
    history = [*offered_and_expired(9), told("work.accept", "a", 3, {"offer_id": "1"})]
    assert list(fired_ahead(history)) == ["offer 1 expired, answered at 2027-03-01 12:00:03+00:00"]


def test_an_accept_after_the_offer_s_end_changes_nothing() -> None:
    history = [*offered_and_expired(9), told("work.accept", "a", 4.5, {"offer_id": "1"})]
    assert list(fired_ahead(history)) == []


def test_what_came_within_the_last_seconds_may_be_unseen() -> None:
    history = [*offered_and_expired(4.1), told("work.accept", "a", 3.5, {"offer_id": "1"})]
    assert list(fired_ahead(history)) == []


def test_a_breach_may_be_corrected_by_what_came_later_only() -> None:
    breach = told("sla.clock-breached", "b", 10, {})
    fix = told("sla.clock-corrected", "c", 20, {"corrects": "b"}, cause="r")
    late = told("work.replied", "r", 15, {})
    there = told("work.replied", "r", 5, {})
    assert list(fired_ahead([breach, fix, late])) == []
    assert list(fired_ahead([breach, fix, there])) == [
        "sla.clock-breached b was wrong, as work.replied of 2027-03-01 12:00:05+00:00 had told"
    ]
