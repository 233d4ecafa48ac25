"""Do arrivals that share a commit each get their own answer, in their order?"""

import asyncio
from collections.abc import Sequence

import pytest

from bellhop_common.postgres.errors import Outage
from bellhop_ingest.application.group_commit import MAX_GROUP, Busy, Commit, Deferred, EndedUnasked, GroupCommit


class Ledger:
    """Commits numbers; each in `later` is put off so many times, each in `wrong` raises."""

    def __init__(self, later: dict[int, int] | None = None, wrong: frozenset[int] = frozenset()) -> None:
        self.groups: list[list[int]] = []
        self.done: list[int] = []
        self.later = dict(later or {})
        self.wrong = wrong

    async def commit(self, numbers: Sequence[int]) -> list[int | Deferred]:
        await asyncio.sleep(0)
        self.groups.append(list(numbers))
        if self.wrong & set(numbers):
            raise ZeroDivisionError(min(self.wrong & set(numbers)))
        return [self._one(number) for number in numbers]

    def _one(self, number: int) -> int | Deferred:
        if self.later.get(number, 0):
            self.later[number] -= 1
            return Deferred()
        self.done.append(number)
        return number * 10


async def test_many_at_once_share_a_commit_and_get_their_own_answers() -> None:
    ledger = Ledger()
    async with GroupCommit(ledger.commit) as group:
        answers = await asyncio.gather(*(group.submit(number) for number in range(50)))
    assert answers == [number * 10 for number in range(50)]
    assert len(ledger.groups) == 1


async def test_those_put_off_go_first_next_time_and_in_their_order() -> None:
    ledger = Ledger(later={1: 1, 2: 1, 3: 1})
    async with GroupCommit(ledger.commit) as group:
        await asyncio.gather(*(group.submit(number) for number in range(5)))
    assert ledger.done == [0, 4, 1, 2, 3]


async def test_one_that_fails_is_answered_alone() -> None:
    ledger = Ledger(wrong=frozenset({3}))
    async with GroupCommit(ledger.commit) as group:
        answers = await asyncio.gather(*(group.submit(number) for number in range(5)), return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, int)] == [0, 10, 20, 40]
    assert isinstance(answers[3], ZeroDivisionError)


async def test_an_outage_sends_the_whole_group_away() -> None:
    async def away(_: Sequence[int]) -> list[int | Deferred]:
        raise Outage(ConnectionError("gone"))

    async with GroupCommit(away) as group:
        answers = await asyncio.gather(*(group.submit(number) for number in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Busy] * 5


async def test_more_than_two_groups_do_not_wait() -> None:
    async with GroupCommit(Ledger().commit) as group:
        asked = [group.submit(number) for number in range(3 * MAX_GROUP)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, Busy) for answer in answers) == MAX_GROUP


async def test_what_keeps_changing_is_sent_away_in_the_end() -> None:
    async with GroupCommit(Ledger(later={1: 10_000}).commit) as group:
        with pytest.raises(Busy):
            await group.submit(1)


async def test_who_comes_after_the_end_is_sent_away_and_who_came_before_is_answered() -> None:
    group = GroupCommit(Ledger().commit)
    async with group:
        before = asyncio.create_task(group.submit(1))
        await asyncio.sleep(0)
    assert await before == 10
    with pytest.raises(Busy):
        await group.submit(2)


async def test_who_comes_before_the_start_is_sent_away_and_may_come_again() -> None:
    group = GroupCommit(Ledger().commit)
    with pytest.raises(Busy, match="starting"):
        await asyncio.wait_for(group.submit(1), 1)
    async with group:
        assert await group.submit(1) == 10


async def too_few(_: Sequence[int]) -> list[int | Deferred]:
    return []


async def cancelled(_: Sequence[int]) -> list[int | Deferred]:
    raise asyncio.CancelledError


@pytest.mark.parametrize(("commit", "error"), [(too_few, ValueError), (cancelled, EndedUnasked)])
async def test_an_end_that_nobody_asked_for_is_told_and_nobody_waits_for_ever(
    commit: Commit[int, int], error: type[Exception]
) -> None:
    told: list[Exception] = []
    async with GroupCommit(commit, broken=told.append) as group:
        asked = asyncio.gather(*(group.submit(number) for number in range(3)), return_exceptions=True)
        assert [type(answer) for answer in await asyncio.wait_for(asked, 1)] == [Busy] * 3
        with pytest.raises(Busy, match="broken"):
            await group.submit(4)
    assert [type(one) for one in told] == [error]


async def test_an_end_that_was_asked_for_is_told_to_nobody() -> None:
    told: list[Exception] = []
    async with GroupCommit(Ledger().commit, broken=told.append) as group:
        assert await group.submit(1) == 10
    assert told == []
