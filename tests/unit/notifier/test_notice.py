"""Does a notice end once, whatever comes after?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bellhop_notifier.domain.notice import (
    Kind,
    Life,
    Notice,
    Reason,
    Recipient,
    Sent,
    begin_sending,
    cancel,
    defer,
    expire,
    failed,
    refuse,
    schedule,
    sent,
    suppress,
)
from bellhop_notifier.domain.subjects import notice_id

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
KEY = "thank-you/00000000-0000-7000-8000-00000000c001/1"
PLANNED = Notice(
    notice_id=notice_id(KEY),
    key=KEY,
    kind=Kind.THANK_YOU,
    recipient=Recipient("customer", "1"),
    desk="shop",
    desk_version=1,
    template="thank-you",
    locale="en",
    due_at=NOON,
    variables={"text": "secret"},
)
SENDING = begin_sending(PLANNED)
SENT = Sent("smtp", "<1@x>")


def test_scheduling_is_told() -> None:
    _, told = schedule(PLANNED)
    assert [event.fact.value for event in told] == ["scheduled"]


def test_each_end_is_told_with_its_reason() -> None:
    ends = [suppress(PLANNED, Reason.THREAT), expire(PLANNED), cancel(PLANNED, Reason.REOPENED)]
    assert [(notice.life.value, notice.reason) for notice, _ in ends] == [
        ("suppressed", "threat"),
        ("expired", "too-late"),
        ("cancelled", "reopened"),
    ]


def test_what_has_ended_stays_as_it_is() -> None:
    over, _ = expire(PLANNED)
    for step in (
        suppress(over, Reason.THREAT),
        cancel(over, Reason.REOPENED),
        refuse(over, Reason.NO_ROUTE),
        defer(over, NOON, Reason.QUIET_HOURS),
        sent(over, SENT),
        failed(over, "x", in_doubt=False),
    ):
        assert step == (over, ())
    assert begin_sending(over) == over


def test_what_is_being_sent_ends_only_by_its_outcome() -> None:
    assert cancel(SENDING, Reason.REOPENED) == (SENDING, ())
    assert suppress(SENDING, Reason.THREAT) == (SENDING, ())
    done, told = sent(SENDING, replace(SENT, in_doubt=True))
    assert (done.life, done.in_doubt, len(told)) == (Life.SENT, True, 1)


def test_nothing_is_sent_that_was_not_being_sent() -> None:
    assert sent(PLANNED, SENT) == (PLANNED, ())


def test_an_ended_notice_keeps_no_words() -> None:
    assert sent(SENDING, SENT)[0].variables == {}


def test_putting_off_to_the_same_moment_is_told_once() -> None:
    waiting, first = defer(PLANNED, NOON, Reason.OPEN_CASE)
    again, second = defer(waiting, NOON, Reason.OPEN_CASE)
    later, third = defer(again, NOON + timedelta(hours=1), Reason.OPEN_CASE)
    assert (len(first), len(second), len(third)) == (1, 0, 1)
    assert later.until == NOON + timedelta(hours=1)
