"""Does whoever attacks a door judge it rightly, and can the same attack be made again?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

import httpx2
import pytest

from bellhop_local.fuzz import bout
from bellhop_local.fuzz.bout import Rules, chance_of, fight
from bellhop_local.fuzz.doors import Wrong
from bellhop_local.fuzz.http_door import wrong_with
from bellhop_local.fuzz.memory import most_grown
from bellhop_local.fuzz.mutations import TOO_DEEP, TOO_LARGE, damaged, spoilt, written

TREE: dict[str, object] = {"id": "1", "customer": {"handles": [{"kind": "email", "value": "a@b.example"}]}, "vip": True}
QUICK = Rules(seconds=0.05, seed=1, memory=lambda: {1: 100.0})


@dataclass
class Door:
    """Answers what it is told to, late if it is told so."""

    wrong: Wrong | None = None
    late: float = 0.0
    name: str = "a door"
    drawn: list[float] = field(default_factory=list)

    async def attack(self, chance: Random) -> Wrong | None:
        self.drawn.append(chance.random())
        await asyncio.sleep(self.late)
        return self.wrong

    async def prove(self) -> Sequence[Wrong]:
        return ()


async def test_a_door_that_answers_well_is_found_well() -> None:
    fought = await fight(Door(late=0.001), replace(QUICK, seconds=1.0))
    assert fought.found == ()
    assert fought.attacks > 1


async def test_a_wrong_answer_is_told_with_the_number_that_gives_it_again() -> None:
    door = Door(Wrong("500", "bytes"), late=0.001)
    fought = await fight(door, QUICK)
    last = fought.found[-1].number
    assert chance_of(1, "a door", last).random() == door.drawn[last]


async def test_no_answer_in_time_counts_once_it_was_asked_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bout, "ANSWER_SECONDS", 0.02)
    door = Door(late=1.0)
    fought = await fight(door, QUICK)
    assert [one.number for one in fought.found] == list(range(fought.attacks))
    assert len(door.drawn) == 2 * fought.attacks


def test_the_same_chance_spoils_and_damages_the_same_way() -> None:
    raw = written(TREE)
    assert spoilt(TREE, Random(7)) == spoilt(TREE, Random(7)) != TREE
    assert damaged(raw, Random(7)) == damaged(raw, Random(7)) != raw


def test_what_json_does_not_have_is_written_all_the_same() -> None:
    raw = written({"a": TOO_LARGE, "b": float("nan"), "c": 10**400, "d": "\ud800", "e": TOO_DEEP})
    assert raw.startswith(b'{"a": 1e400, "b": NaN, "c": 1' + b"0" * 400 + b', "d": "\\ud800", "e": [[[')


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (httpx2.Response(202), None),
        (httpx2.Response(503, headers={"retry-after": "1"}, json={}), "503 as application/json: {}"),
        (httpx2.Response(500, text="oh"), "500 without Retry-After: oh"),
        (httpx2.Response(404, text="no"), "404 as text/plain; charset=utf-8: no"),
        (
            httpx2.Response(422, content=b'{"title": "No"}', headers={"content-type": "application/problem+json"}),
            '422 without a reason: {"title": "No"}',
        ),
    ],
)
def test_an_answer_without_a_reason_is_wrong(answer: httpx2.Response, what: str | None) -> None:
    assert wrong_with(answer) == what


def test_a_process_that_is_new_has_grown_by_all_it_has() -> None:
    assert most_grown({1: 100.0, 2: 50.0}, {1: 120.0, 3: 30.0}) == 30.0
