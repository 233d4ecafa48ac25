"""Does a hostile mail cost more than its own parser process?"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bellhop_ingest.adapters.parser_process import Death, ParserLimits, ParserPool, ParserUnavailable
from bellhop_ingest.domain.outcomes import Parked, ParkReason
from support.ingest_messages import DESK_DOOR, message, parked, received

GOOD = message("email-replies/gmail.eml")


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(size=1) as opened:
        yield opened


async def test_a_mail_comes_back_as_it_would_in_process(pool: ParserPool) -> None:
    assert received(await pool.parse(GOOD, DESK_DOOR)).reply_text == "Hello"


async def test_attachments_come_back_with_their_content(pool: ParserPool) -> None:
    arrival = received(await pool.parse(message("email/mime_emails--raw_email7.eml"), DESK_DOOR))
    assert arrival.attachments[0].content.startswith(b"puts")


async def test_a_mail_whose_parser_was_killed_gets_another_one(pool: ParserPool) -> None:
    for process in pool.processes:
        os.kill(process, signal.SIGKILL)
    assert received(await pool.parse(GOOD, DESK_DOOR)).reply_text == "Hello"
    assert pool.deaths == 1


async def test_a_mail_that_takes_too_much_processor_time_is_unreadable() -> None:
    """Without any time of its own a job may only use up the second that its process has begun."""
    slow = b"From: ana@example.com\n\n" + b"x\n" * 1_000_000
    async with ParserPool(size=1, limits=ParserLimits(cpu_seconds=0)) as pool:
        outcomes = [(await pool.parse(slow, DESK_DOOR))[0] for _ in range(8)]
    unreadable = [one for one in outcomes if isinstance(one, Parked)]
    assert {(one.reason, one.detail) for one in unreadable} == {(ParkReason.UNREADABLE, Death.TOO_COSTLY.value)}


async def test_stopping_answers_nobody_with_a_verdict(pool: ParserPool) -> None:
    waiting = asyncio.create_task(pool.parse(b"From: a@b.example\n\n" + b"x\n" * 2_000_000, DESK_DOOR))
    await asyncio.sleep(0.05)
    await pool.stop()
    with pytest.raises(ParserUnavailable):
        await waiting


async def test_a_mail_whose_parser_stood_still_gets_another_one() -> None:
    async with ParserPool(size=1, limits=ParserLimits(wall=timedelta(seconds=2))) as pool:
        (frozen,) = pool.processes
        os.kill(frozen, signal.SIGSTOP)
        assert received(await pool.parse(GOOD, DESK_DOOR)).reply_text == "Hello"
        assert (pool.deaths, frozen in pool.processes) == (1, False)


async def test_an_answer_that_lay_in_the_pipe_while_we_were_frozen_is_no_verdict() -> None:
    async with ParserPool(size=1, limits=ParserLimits(wall=timedelta(seconds=2))) as pool:
        waiting = asyncio.create_task(pool.parse(GOOD, DESK_DOOR))
        await asyncio.sleep(0)
        time.sleep(2.5)  # noqa: ASYNC251 - the whole process stands still
        assert received(await waiting).reply_text == "Hello"


async def test_parsers_that_take_too_long_twice_are_killed_and_the_mail_is_to_come_again() -> None:
    async with ParserPool(size=1, limits=ParserLimits(wall=timedelta(seconds=0))) as pool:
        with pytest.raises(ParserUnavailable, match="in time"):
            await pool.parse(GOOD, DESK_DOOR)
        assert (pool.deaths, pool.processes) == (2, ())


async def test_a_body_that_needs_too_much_memory_is_unreadable_and_the_process_lives_on(pool: ParserPool) -> None:
    huge = b"From: ana@example.com\n\n" + b"\n" * 18_000_000
    outcome = parked(await pool.parse(huge, DESK_DOOR))
    assert outcome.reason in {ParkReason.UNREADABLE, ParkReason.EMPTY}
    assert received(await pool.parse(GOOD, DESK_DOOR)).reply_text == "Hello"


async def test_a_mail_of_18_mib_is_read(pool: ParserPool) -> None:
    head = b"From: ana@example.com\nContent-Type: multipart/mixed; boundary=X\n\n--X\n\nsee file\n--X\n"
    file = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 18 + b"\n"
    raw = head + file + (b"QUJD" * 18 + b"\n") * 250_000 + b"--X--\n"
    arrival = received(await pool.parse(raw, DESK_DOOR))
    assert arrival.text == "see file"
    assert arrival.attachments[0].size == 54 * 250_001


async def test_nothing_is_left_running() -> None:
    pool = ParserPool(size=2)
    await pool.start()
    (process,) = pool.processes
    await pool.stop()
    assert pool.processes == ()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
