"""Does the order in which partitions are read change a verdict, or a repeat, or a million records the memory?"""

import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from bellhop_common.history.checking import RULES, judge_all
from bellhop_common.history.parsing import parse
from bellhop_common.history.ports import Outside
from bellhop_common.history.records import RawRecord
from bellhop_common.history.spill import SpilledHistory
from bellhop_common.history.verdicts import Status
from support.days import many_records, ordinary_day
from support.histories import Chronicle, Lists

Summary = dict[tuple[str, str], tuple[Status, int, int]]
OUTSIDE = Outside(leftovers=())


def summary(history: Chronicle, lists: Lists, records: Iterable[RawRecord]) -> Summary:
    spilled = history.sealed(lists, records)
    found = {
        (verdict.rule, verdict.part): (verdict.status, verdict.found, verdict.unchecked)
        for verdict in judge_all(spilled, OUTSIDE)
    }
    spilled.close()
    return found


def test_an_ordinary_day_keeps_every_rule() -> None:
    history, lists = ordinary_day()
    found = summary(history, lists, history.records())
    assert {part: status for part, (status, _, _) in found.items() if status is not Status.OK} == {
        ("clocks", "due"): Status.NOT_CHECKED
    }
    assert len({rule for rule, _ in found}) == len(RULES) == 13


@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_interleaving_and_repeats_never_change_the_verdict_on_a_legal_history(seed: int) -> None:
    history, lists = ordinary_day()
    expected = summary(history, lists, history.records())
    assert summary(history, lists, shuffled(history, random.Random(seed))) == expected


def shuffled(history: Chronicle, chance: random.Random) -> Iterator[RawRecord]:
    """Partitions are read in any turns, keys of one partition mixed in any way, and records repeated anywhere later."""
    logs = [_mixed(log, chance) if _may_move(history, place) else list(log) for place, log in history.logs.items()]
    left = [iter([replace(raw, offset=offset) for offset, raw in enumerate(log)]) for log in logs]
    while left:
        log = chance.choice(left)
        raw = next(log, None)
        if raw is None:
            left.remove(log)
        else:
            yield raw


def _may_move(history: Chronicle, place: tuple[str, int]) -> bool:
    """Dead letters name offsets, and compaction is told by their holes."""
    named = {partition for topic, partition in history.logs if topic == "work.v1.sla.dead-letter"}
    return not (place[0] == "work.v1" and place[1] in named)


def _mixed(log: list[RawRecord], chance: random.Random) -> list[RawRecord]:
    keys = [raw.key for raw in log]
    chance.shuffle(keys)
    by_key = {key: iter([raw for raw in log if raw.key == key]) for key in keys}
    mixed = [next(by_key[key]) for key in keys]
    for _ in range(chance.randrange(4)):
        origin = chance.randrange(len(mixed))
        mixed.insert(chance.randrange(origin + 1, len(mixed) + 1), mixed[origin])
    return mixed


def test_two_hundred_thousand_events_are_judged_in_bounded_memory(tmp_path: Path) -> None:
    began, before = process_time(), _resident_mib()
    history = SpilledHistory(tmp_path / "history.db", Chronicle().facts())
    history.add(parse(raw) for raw in many_records(200_000))
    history.seal()
    grown = [_resident_mib() - before]
    for verdict in judge_all(history, OUTSIDE):
        assert verdict.status is not Status.VIOLATION, verdict
        grown.append(_resident_mib() - before)
    history.close()
    print(f"{max(grown):.0f} MiB more at most, {process_time() - began:.1f} s of a core")  # noqa: T201 - for whoever runs it with -s
    assert max(grown) < 150


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
