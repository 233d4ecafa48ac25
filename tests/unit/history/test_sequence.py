"""Does the sequence rule see gaps, inversions and falling epochs, and nothing where there is nothing?"""

from bellhop_common.events.topics import WORK
from bellhop_common.history.rules import sequence
from bellhop_common.history.verdicts import Status
from support.conversations import Conversation
from support.histories import Chronicle, Written, judged, violations


def noted(history: Chronicle, *numbers: int, epoch: int = 1) -> list[Written]:
    ring = Conversation(history, "ring")
    return [ring.work("noted", sequence=number, epoch=epoch) for number in numbers]


def test_a_late_repeat_of_1_after_9_is_legal() -> None:
    history = Chronicle()
    first, *_ = noted(history, *range(1, 10))
    history.again(first)
    verdict = judged(history, sequence.RULE)[""]
    assert (verdict.status, verdict.cases) == (Status.OK, 1)


def test_a_gap_is_a_violation_shown_by_the_record_behind_it() -> None:
    history = Chronicle()
    *_, last = noted(history, 1, 2, 5)
    verdict = judged(history, sequence.RULE)[""]
    assert violations(verdict) == ["sequence 3 to 4 is missing before 5"]
    assert [place.offset for place in verdict.violations[0].offsets] == [last.raw.offset]


def test_two_records_in_the_wrong_order_are_one_violation() -> None:
    history = Chronicle()
    noted(history, 1, 3, 2, 4)
    assert violations(judged(history, sequence.RULE)[""]) == ["sequence 2 comes after 3"]


def test_a_log_that_is_whole_and_begins_at_2_is_a_violation() -> None:
    history = Chronicle()
    noted(history, 2, 3)
    assert violations(judged(history, sequence.RULE)[""]) == ["sequence 1 is missing before 2"]


def test_a_falling_epoch_is_a_violation() -> None:
    history = Chronicle()
    noted(history, 1, 2)
    noted(history, 1, epoch=2)
    noted(history, 3, epoch=1)
    assert violations(judged(history, sequence.RULE)[""]) == ["epoch 1 goes on after epoch 2 of the same key"]


def test_an_epoch_that_begins_below_the_highest_is_a_violation() -> None:
    history = Chronicle()
    noted(history, 1, epoch=3)
    noted(history, 1, epoch=2)
    assert violations(judged(history, sequence.RULE)[""]) == ["epoch 2 begins after epoch 3 of the same key"]


def test_a_raised_epoch_begins_at_1_again_and_may_be_followed_by_a_repeat_of_the_old_one() -> None:
    history = Chronicle()
    first, *_ = noted(history, 1, 2, 3)
    noted(history, 1, 2, epoch=2)
    history.again(first)
    verdict = judged(history, sequence.RULE)[""]
    assert (verdict.status, verdict.note) == (Status.OK, "1 keys go on in a raised epoch")


def test_a_truncated_log_is_checked_from_where_it_begins() -> None:
    history = Chronicle()
    first, *_, last = noted(history, *range(1, 10))
    history.cut(WORK, last.raw.partition, first.raw.offset + 4)
    verdict = judged(history, sequence.RULE)[""]
    assert (verdict.status, verdict.unchecked, verdict.why) == (Status.OK, 1, "1 begin before the log does")


def test_a_gap_behind_the_start_of_a_truncated_log_is_a_violation() -> None:
    history = Chronicle()
    *_, cut, last = noted(history, 1, 2, 3, 4, 7)
    history.cut(WORK, last.raw.partition, cut.raw.offset)
    assert violations(judged(history, sequence.RULE)[""]) == ["sequence 5 to 6 is missing before 7"]


def test_a_record_without_a_sequence_that_nobody_dead_lettered_is_a_violation() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    ring.work("noted", sequence=None)
    assert judged(history, sequence.RULE)[""].found == 1


def test_a_dead_lettered_record_without_a_sequence_is_not_our_sequence() -> None:
    history = Chronicle()
    ring = Conversation(history, "ring")
    history.dead_letter(ring.work("noted", sequence=None), "sla")
    assert judged(history, sequence.RULE)[""].status is Status.OK
