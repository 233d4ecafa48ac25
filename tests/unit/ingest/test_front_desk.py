"""What does the front desk tell a sender when something behind it is away?"""

from collections.abc import Sequence

import pytest

from bellhop_ingest.application.front_desk import FrontDesk, FrontDeskParts
from bellhop_ingest.application.group_commit import Busy, Deferred, GroupCommit
from bellhop_ingest.domain.admission import Admitted, Applicant
from bellhop_ingest.domain.arrival import Attachment
from bellhop_ingest.domain.places import Places
from support.ingest_memory import NOON, PLACES, mail


async def admit(applicants: Sequence[Applicant]) -> list[Admitted | Deferred]:
    return [Admitted() for _ in applicants]


async def a_full_disk(_: Sequence[Attachment]) -> None:
    raise OSError(28, "No space left on device")


async def no_disk_needed(_: Sequence[Attachment]) -> None:
    return


async def known() -> Places:
    return PLACES


async def away() -> Places:
    raise ConnectionRefusedError


async def test_a_full_disk_sends_the_sender_away_for_now() -> None:
    async with GroupCommit(admit) as commits:
        desk = FrontDesk(FrontDeskParts(commits, known, a_full_disk, lambda: NOON))
        with pytest.raises(Busy, match="attachments can't be stored"):
            await desk.take([mail("<1@example.org>")])


async def test_without_a_database_nobody_knows_the_entry_points() -> None:
    async with GroupCommit(admit) as commits:
        desk = FrontDesk(FrontDeskParts(commits, away, no_disk_needed, lambda: NOON))
        with pytest.raises(Busy):
            await desk.places()
