"""Which timers are set, and which fire together?"""

from datetime import UTC, datetime, timedelta

from bellhop_common.decision import CancelTimer, SetTimer, Subject, TimerDue
from bellhop_common.timers.schedule import TimerRow, groups, last_words, sleep_for

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CUSTOMER = Subject("customer", "z")
CONVERSATION = Subject("conversation", "a")
AGENT = Subject("agent", "a")
SECOND = timedelta(seconds=1)


def row(subject: Subject, desk: str = "shop", after: int = 0, kind: str = "late") -> TimerRow:
    return TimerRow(kind, subject, desk, NOW + after * SECOND, 1, NOW)


def test_the_last_word_counts_and_all_come_in_the_order_of_locks() -> None:
    said = last_words(
        [
            SetTimer("late", AGENT, NOW),
            CancelTimer("late", CONVERSATION),
            SetTimer("late", CUSTOMER, NOW),
            SetTimer("late", CONVERSATION, NOW),
            CancelTimer("late", CUSTOMER),
        ]
    )
    assert said == [CancelTimer("late", CUSTOMER), SetTimer("late", CONVERSATION, NOW), SetTimer("late", AGENT, NOW)]


def test_groups_are_of_one_desk_in_the_order_of_due_times() -> None:
    rows = [row(AGENT, "shop", 2), row(CUSTOMER, "travel", 1), row(CONVERSATION, "shop", 0)]
    assert list(groups(rows)) == [("shop", [rows[2], rows[0]]), ("travel", [rows[1]])]


def test_a_group_has_at_most_500_subjects_however_many_timers() -> None:
    rows = [row(Subject("conversation", str(n)), kind=kind) for n in range(501) for kind in ("early", "late")]
    sizes = [len({timer.subject for timer in group}) for _, group in groups(rows)]
    assert sizes == [500, 1]
    assert sum(len(group) for _, group in groups(rows)) == 1_002


def test_the_worker_sleeps_until_the_nearest_due_time_but_not_past_a_sweep() -> None:
    assert sleep_for(NOW, None, SECOND) == SECOND
    assert sleep_for(NOW, NOW + SECOND / 4, SECOND) == SECOND / 4
    assert sleep_for(NOW, NOW + 9 * SECOND, SECOND) == SECOND
    assert sleep_for(NOW, NOW - SECOND, SECOND) == timedelta()


def test_what_is_due_says_since_when_it_was_ready() -> None:
    assert row(AGENT).due() == TimerDue("late", AGENT, NOW, NOW, NOW, stalled=False)
