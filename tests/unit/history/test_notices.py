"""Does the notice rule see a notice without an end, with two, a second greeting and a lost mail?"""

from datetime import timedelta

import pytest

from bellhop_common.events.topics import NOTICE
from bellhop_common.events.wire import rfc3339
from bellhop_common.history.rules import notices
from bellhop_common.history.verdicts import Status, Verdict
from bellhop_common.ids import natural_id
from support.conversations import merged_customer, notice
from support.histories import NO_LISTS, START, Chronicle, Lists, judged, violations

NINA, NINA_TOO = str(natural_id("customer", "nina")), str(natural_id("customer", "nina-too"))
WISH_MAIL = f"{natural_id('notice', 'wish')}.token@bell.example"


def verdict_on(history: Chronicle, part: str = "life", lists: Lists = NO_LISTS) -> Verdict:
    return judged(history, notices.RULE, lists)[part]


@pytest.fixture
def history() -> Chronicle:
    return Chronicle()


@pytest.mark.parametrize("end", ["sent", "failed", "suppressed", "expired", "cancelled"])
def test_a_notice_with_one_end_is_legal(history: Chronicle, end: str) -> None:
    scheduled = notice(history, "scheduled", "wish")
    notice(history, "deferred", "wish", until=rfc3339(history.now))
    notice(history, end, "wish")
    history.again(scheduled)
    assert violations(verdict_on(history)) == []
    assert verdict_on(history).cases == 1


def test_receipts_after_the_sending_are_legal(history: Chronicle) -> None:
    for step in ("scheduled", "sent", "delivered", "bounced"):
        notice(history, step, "wish")
    assert verdict_on(history).status is Status.OK


def test_a_notice_that_is_due_after_the_last_record_is_legal(history: Chronicle) -> None:
    notice(history, "scheduled", "wish", due_at=rfc3339(START + timedelta(days=3)))
    assert verdict_on(history).status is Status.OK


def test_a_due_notice_without_an_end_is_a_violation(history: Chronicle) -> None:
    notice(history, "scheduled", "wish")
    assert violations(verdict_on(history)) == ["due at 2026-03-02 09:00:00+00:00, and neither sent nor given up"]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        (["sent"], "notice.sent of a notice that was never scheduled"),
        (["scheduled", "scheduled", "sent"], "scheduled twice"),
        (["scheduled", "sent", "sent"], "notice.sent after notice.sent: two ends of one notice"),
        (["scheduled", "sent", "failed"], "notice.failed after notice.sent: two ends of one notice"),
        (["scheduled", "cancelled", "deferred"], "deferred after notice.cancelled"),
        (["scheduled", "delivered", "sent"], "notice.delivered of a notice that was not sent"),
        (["scheduled", "failed", "bounced"], "notice.bounced of a notice that was not sent"),
    ],
)
def test_steps_out_of_order_are_a_violation(history: Chronicle, steps: list[str], wrong: str) -> None:
    for step in steps:
        notice(history, step, "wish")
    assert violations(verdict_on(history)) == [wrong]


def test_a_truncated_log_is_not_checked(history: Chronicle) -> None:
    notice(history, "scheduled", "wish")
    sent = notice(history, "sent", "wish")
    history.cut(NOTICE, sent.raw.partition, sent.raw.offset)
    assert verdict_on(history).status is Status.NOT_CHECKED


def greet(history: Chronicle, name: str, person: str) -> None:
    notice(history, "sent", name, person, occasion="birthday")


def test_a_greeting_every_year_is_legal(history: Chronicle) -> None:
    greet(history, "wish", NINA)
    history.tick(364 * 86_400)
    greet(history, "wish-again", NINA)
    verdict = verdict_on(history, "greetings")
    assert (verdict.status, verdict.cases) == (Status.OK, 2)


def test_a_second_greeting_in_one_year_is_a_violation(history: Chronicle) -> None:
    greet(history, "wish", NINA)
    greet(history, "wish-again", NINA)
    assert violations(verdict_on(history, "greetings")) == ["birthday greeting sent twice to one person in one year"]


def test_a_second_greeting_across_a_merge_is_a_violation(history: Chronicle) -> None:
    greet(history, "wish", NINA)
    merged_customer(history, NINA, NINA_TOO)
    history.tick(600)
    greet(history, "wish-again", NINA_TOO)
    assert verdict_on(history, "greetings").found == 1


def test_two_people_who_turn_out_to_be_one_only_later_are_not_blamed_on_us(history: Chronicle) -> None:
    greet(history, "wish", NINA)
    greet(history, "wish-again", NINA_TOO)
    history.tick(600)
    merged_customer(history, NINA, NINA_TOO)
    assert verdict_on(history, "greetings").why == "1 greetings to customers who were merged only afterwards"


def test_mails_that_arrived_as_they_were_sent_are_legal(history: Chronicle) -> None:
    history.again(notice(history, "sent", "wish"))
    verdict = verdict_on(history, "mails", Lists(sink=[WISH_MAIL]))
    assert (violations(verdict), verdict.status, verdict.cases) == ([], Status.OK, 1)


def test_a_mail_that_was_sent_and_never_arrived_is_a_violation(history: Chronicle) -> None:
    notice(history, "sent", "wish")
    assert violations(verdict_on(history, "mails", Lists(sink=[]))) == [
        f"mail {WISH_MAIL} was sent 1 times and arrived 0 times"
    ]


def test_a_mail_that_arrived_twice_is_a_violation(history: Chronicle) -> None:
    notice(history, "sent", "wish")
    assert verdict_on(history, "mails", Lists(sink=[WISH_MAIL, WISH_MAIL])).found == 1


def test_a_mail_that_nobody_says_was_sent_is_a_violation(history: Chronicle) -> None:
    assert violations(verdict_on(history, "mails", Lists(sink=[WISH_MAIL]))) == [
        f"mail {WISH_MAIL} arrived, and no notice says that it was sent"
    ]


def test_mails_in_doubt_are_listed_and_legal(history: Chronicle) -> None:
    notice(history, "sent", "wish", in_doubt=True)
    notice(history, "failed", "lost", reason="in-doubt")
    notice(history, "failed", "refused", reason="bad-address", in_doubt=True)
    lost, refused = (f"{natural_id('notice', name)}.token@bell.example" for name in ("lost", "refused"))
    verdict = verdict_on(history, "mails", Lists(sink=[WISH_MAIL, WISH_MAIL, lost, refused]))
    assert (verdict.status, verdict.note) == (Status.OK, "3 in doubt")


def test_without_the_sink_mails_are_not_checked(history: Chronicle) -> None:
    assert verdict_on(history, "mails").why == "--sink was not given"
