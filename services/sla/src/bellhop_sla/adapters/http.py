"""What does sla answer over HTTP? Clocks of a conversation, calendars, and deadlines before they are promised."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from bellhop_common.events.durations import Duration
from bellhop_common.events.wire import Instant
from bellhop_common.http.auth import Tokens, require
from bellhop_common.http.careful import careful_router
from bellhop_common.http.problems import Problem
from bellhop_common.postgres.database import Database
from bellhop_sla.adapters.documents import SlaDocuments
from bellhop_sla.adapters.preview import PreviewRequest
from bellhop_sla.adapters.reach import refuse_far
from bellhop_sla.application.explain import Told, explain, preview
from bellhop_sla.domain.calendar import NEVER, add
from bellhop_sla.domain.conversation import Conversation
from bellhop_sla.domain.desk_file import DeskFile
from bellhop_sla.domain.hours import BadCalendar, Calendar, check, holiday_dates, open_year
from bellhop_sla.domain.inputs import conversation_subject, desk_file_subject
from bellhop_sla.domain.policy import BadPolicy

DESKS = "SELECT id FROM aggregates WHERE kind = 'desk-file' AND body IS NOT NULL ORDER BY id"


class Clocks(BaseModel):
    at: Instant
    clocks: Sequence[Told]


class Added(BaseModel):
    at: Instant


class Holiday(BaseModel):
    date: date
    name: str


class CalendarShown(BaseModel):
    """`closed`: own dates as the desk file has them; `open_seconds`: of the whole year, in UTC."""

    name: str
    desk: str
    version: int
    time_zone: str
    hours: str
    year: int
    holidays: Sequence[Holiday]
    closed: Sequence[str]
    open_seconds: float


class Reading:
    """Looks without locks at what was last committed."""

    def __init__(self, database: Database, documents: SlaDocuments) -> None:
        self._database = database
        self._documents = documents

    async def now(self) -> datetime:
        return await self._database.now()

    async def clocks(self, conversation_id: UUID) -> tuple[Told, ...]:
        subject = conversation_subject(conversation_id)
        async with self._database.acquire() as connection:
            conversation = (await self._documents.look(connection, [subject])).get(subject)
        if not isinstance(conversation, Conversation):
            raise Problem(404, "Not known", f"no clocks are known of conversation {conversation_id}")
        return explain(conversation, await self._file(conversation.desk), await self.now())

    async def calendar(self, name: str, desk: str | None) -> tuple[DeskFile, Calendar]:
        """Without a desk the only one that has a calendar of that name."""
        files = [await self._file(one) for one in ([desk] if desk is not None else await self._desks())]
        found = [(file, calendar) for file in files if (calendar := file.calendar(name)) is not None]
        if not found:
            raise Problem(404, "Not known", f"no desk has a calendar {name}")
        if len(found) > 1:
            raise Problem(409, "Which one?", f"{len(found)} desks have a calendar {name}; say `desk`")
        return found[0]

    async def _desks(self) -> list[str]:
        async with self._database.acquire() as connection:
            return [str(record["id"]) for record in await connection.fetch(DESKS)]

    async def _file(self, desk: str) -> DeskFile:
        subject = desk_file_subject(desk)
        async with self._database.acquire() as connection:
            found = (await self._documents.look(connection, [subject])).get(subject)
        return found if isinstance(found, DeskFile) else DeskFile(desk)


def sla_routes(database: Database, documents: SlaDocuments, tokens_file: Path | None) -> APIRouter:
    reading = Reading(database, documents)
    known = Depends(require(Tokens.read(tokens_file)))
    # Drawing a calendar for many years takes seconds: clocks must not wait for it, nor for many who do so at once.
    drawing = asyncio.Lock()
    routes = careful_router("/v1", "sla", dependencies=[known])

    @routes.get("/conversations/{conversation_id}/clocks")
    async def clocks(conversation_id: UUID) -> Clocks:
        return Clocks(at=await reading.now(), clocks=await reading.clocks(conversation_id))

    @routes.get("/calendars/{name}/add")
    async def calendar_add(
        name: str, start: Instant, duration: Annotated[Duration, Query()], desk: str | None = None
    ) -> Added:
        refuse_far([("query.start", start)], await reading.now())
        _, calendar = await reading.calendar(name, desk)
        async with drawing:
            return await asyncio.to_thread(_added, calendar, start, duration)

    @routes.get("/calendars/{name}")
    async def calendar_show(name: str, desk: str | None = None, year: int | None = None) -> CalendarShown:
        file, calendar = await reading.calendar(name, desk)
        return _shown(file, calendar, year or (await reading.now()).year)

    @routes.post("/clocks/preview")
    async def clocks_preview(asked: PreviewRequest) -> Clocks:
        now = await reading.now()
        refuse_far(asked.instants(), now)
        async with drawing:
            return await asyncio.to_thread(_previewed, asked, asked.at or now)

    return routes


def _previewed(asked: PreviewRequest, at: datetime) -> Clocks:
    try:
        return Clocks(at=at, clocks=preview(asked.question(), at))
    except (BadCalendar, BadPolicy) as error:
        raise Problem(422, "Not as expected", str(error)) from error


def _added(calendar: Calendar, start: datetime, duration: timedelta) -> Added:
    if duration < timedelta():
        raise Problem(422, "Not as expected", "duration: expected zero or more")
    at = add(calendar, start, duration)
    if at == NEVER:
        raise Problem(422, "Never", f"calendar {calendar.name} does not open for that long")
    return Added(at=at)


def _shown(file: DeskFile, calendar: Calendar, year: int) -> CalendarShown:
    if not 1971 <= year <= 9_000:  # noqa: PLR2004 - what a calendar can be drawn for
        raise Problem(422, "Not as expected", "year: expected 1971 to 9000")
    check(calendar)
    return CalendarShown(
        name=calendar.name,
        desk=file.desk,
        version=file.calendar_versions(calendar.name)[-1].version,
        time_zone=calendar.time_zone,
        hours=calendar.hours,
        year=year,
        holidays=[Holiday(date=day, name=name) for day, name in holiday_dates(calendar, year).items()],
        closed=calendar.closed,
        open_seconds=open_year(calendar, year).total / 1_000_000,
    )
