"""Whatever is repeated, and wherever reading resumes, is each record of a key applied once and in order?"""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bellhop_common.messaging.sequences import Mark, Verdict, judge


@dataclass(frozen=True)
class Stands:
    epoch: int
    sequence: int
    log_start: int = 0
    topic: str = "t.work.v1"
    key: str = "c"
    replayed: bool = False


@st.composite
def topics(draw: st.DrawFn) -> list[Stands]:
    """What publishers promise: in each epoch 1, 2, 3, …, and after any record repeats of earlier ones."""
    log: list[Stands] = []
    for epoch in range(1, draw(st.integers(1, 3)) + 1):
        for sequence in range(1, draw(st.integers(0, 8)) + 1):
            log.append(Stands(epoch, sequence))
            log += draw(st.lists(st.sampled_from(log), max_size=3))
    return log


def apply_all(mark: Mark | None, records: list[Stands]) -> tuple[Mark | None, list[Stands], list[Verdict]]:
    applied, verdicts = [], []
    for record in records:
        verdict = judge(mark, record)
        verdicts.append(verdict)
        if verdict is Verdict.APPLY:
            mark = Mark(record.epoch, record.sequence)
            applied.append(record)
    return mark, applied, verdicts


@given(topics())
def test_each_record_is_applied_at_its_first_occurrence_and_never_again(log: list[Stands]) -> None:
    _, applied, verdicts = apply_all(None, log)
    assert applied == list(dict.fromkeys(log))
    assert Verdict.GAP not in verdicts


@given(topics(), st.data())
def test_reading_a_part_again_changes_nothing(log: list[Stands], data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(log)))
    start = data.draw(st.integers(0, end))
    mark, first, _ = apply_all(None, log[:end])
    _, second, _ = apply_all(mark, log[start:])
    assert first + second == list(dict.fromkeys(log))


@given(topics(), st.data())
def test_nothing_after_a_lost_record_is_applied(log: list[Stands], data: st.DataObject) -> None:
    if not log:
        return
    lost = data.draw(st.sampled_from(log))
    _, applied, _ = apply_all(None, [record for record in log if record != lost])
    beyond = [record for record in applied if record.epoch == lost.epoch and record.sequence > lost.sequence]
    assert beyond == []
