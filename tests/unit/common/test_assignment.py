"""Where does reading begin when a partition comes?"""

import pytest

from bellhop_common.messaging.assignment import Ends, TopicRecreated, begin_at

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
