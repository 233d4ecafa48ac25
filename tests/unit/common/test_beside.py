"""Who hears of it when what runs beside a block ends by itself?"""

import asyncio

import pytest

from bellhop_common.beside import beside


class Broken(Exception):
    pass


async def fails() -> None:
    raise Broken


async def lasts() -> None:
    await asyncio.Event().wait()


async def fails_when_asked_to_end() -> None:
    try:
        await lasts()
    finally:
        raise Broken


async def test_an_end_that_nobody_asked_for_is_told_at_once_and_only_once() -> None:
    told = list[Exception]()
    heard = asyncio.Event()

    def ended(error: Exception) -> None:
        told.append(error)
        heard.set()

    async with beside(fails(), "fails", ended):
        await asyncio.wait_for(heard.wait(), 10.0)
    assert [type(error) for error in told] == [Broken]


async def test_without_anybody_to_tell_it_is_raised_at_the_end() -> None:
    reached = False

    async def block() -> None:
        nonlocal reached
        async with beside(fails(), "fails"):
            await asyncio.sleep(0.01)
            reached = True

    with pytest.raises(Broken):
        await block()
    assert reached


async def test_a_block_that_ends_ends_it_and_tells_nobody() -> None:
    told = list[Exception]()
    async with beside(lasts(), "lasts", told.append):
        await asyncio.sleep(0)
    assert told == []


async def test_a_failure_to_end_is_raised_not_told() -> None:
    told = list[Exception]()
    with pytest.raises(Broken):
        async with beside(fails_when_asked_to_end(), "fails", told.append):
            await asyncio.sleep(0)
    assert told == []


async def test_a_failure_in_the_very_moment_of_the_end_is_told_and_not_raised_as_well() -> None:
    told, go = list[Exception](), asyncio.Event()

    async def fails_when_told_to() -> None:
        await go.wait()
        raise Broken

    async with beside(fails_when_told_to(), "fails", told.append):
        await asyncio.sleep(0)
        go.set()
        await asyncio.sleep(0)
    assert [type(error) for error in told] == [Broken]
