"""Is a record the next of its key, a repeat, or is one missing before it?"""

from dataclasses import dataclass

import pytest

from bellhop_common.messaging.sequences import Mark, Verdict, judge


@dataclass(frozen=True)
class Stands:
    sequence: int
    epoch: int = 2
    log_start: int = 0
    topic: str = "t.work.v1"
    key: str = "c"
    replayed: bool = False


MARK = Mark(epoch=2, sequence=5)


@pytest.mark.parametrize(
    ("mark", "record", "expected"),
    [
        pytest.param(None, Stands(1), "apply", id="a new key begins at one"),
        pytest.param(None, Stands(2), "gap", id="a new key that begins later lacks its beginning"),
        pytest.param(None, Stands(9, log_start=40), "apply", id="retention took the beginning"),
        pytest.param(MARK, Stands(6), "apply", id="the next one"),
        pytest.param(MARK, Stands(5), "repeat", id="the last one again"),
        pytest.param(MARK, Stands(1), "repeat", id="a late repeat"),
        pytest.param(MARK, Stands(7), "gap", id="one is missing"),
        pytest.param(MARK, Stands(4, replayed=True), "apply", id="counted when it failed, and now given back"),
        pytest.param(MARK, Stands(6, replayed=True), "apply", id="never counted, as nobody could read it"),
        pytest.param(MARK, Stands(7, replayed=True), "gap", id="given back ahead of its turn"),
        pytest.param(MARK, Stands(7, log_start=40), "gap", id="retention excuses no gap in a known key"),
        pytest.param(MARK, Stands(9, epoch=1), "repeat", id="from before a restore"),
        pytest.param(MARK, Stands(1, epoch=3), "apply", id="a higher epoch starts anew"),
        pytest.param(MARK, Stands(6, epoch=3), "gap", id="a higher epoch starts at one"),
    ],
)
def test_verdict(mark: Mark | None, record: Stands, expected: str) -> None:
    assert judge(mark, record) is Verdict(expected)


@pytest.mark.parametrize(
    ("mark", "skipped", "record", "expected"),
    [
        pytest.param(MARK, {6}, Stands(7), "apply", id="what lacks was given up"),
        pytest.param(MARK, {6, 7}, Stands(8), "apply", id="so were two"),
        pytest.param(MARK, {7}, Stands(8), "gap", id="what was given up isn't all that lacks"),
        pytest.param(MARK, {7}, Stands(6), "apply", id="what comes before it"),
        pytest.param(MARK, {6}, Stands(6), "apply", id="what was given up comes after all"),
        pytest.param(Mark(2, 7), {6}, Stands(6), "repeat", id="but too late"),
        pytest.param(MARK, {6}, Stands(6, replayed=True), "apply", id="and is given back after all"),
        pytest.param(None, {1}, Stands(2), "apply", id="a key's first was given up"),
        pytest.param(None, {2}, Stands(3), "gap", id="a new key still lacks its first"),
        pytest.param(MARK, {6}, Stands(7, epoch=3), "gap", id="in another epoch"),
    ],
)
def test_verdict_once_a_person_gave_something_up(
    mark: Mark | None, skipped: set[int], record: Stands, expected: str
) -> None:
    assert judge(mark, record, {Mark(2, sequence) for sequence in skipped}) is Verdict(expected)
