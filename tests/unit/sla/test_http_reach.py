"""Who asks for clocks beyond all reason, are they told so at once, and does nobody else wait for them?"""

import asyncio
import json
from datetime import UTC, datetime

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bellhop_common.http.problems import install_problems
from bellhop_common.postgres.database import Database
from bellhop_sla.adapters.documents import SlaDocuments
from bellhop_sla.adapters.http import sla_routes

NOW = datetime(2026, 3, 4, 15, 55, tzinfo=UTC)
OFFICE = {"name": "office", "time_zone": "Europe/Berlin", "hours": "Mo-Fr 09:00-17:00"}
TARGET = {"metric": "first_response_time", "within": "1h"}
POLICY = {"name": "fast", "calendar": "office", "targets": [TARGET]}
FACT = {"kind": "queued", "at": "2026-03-04T15:30:00Z", "queue": "general"}
ASKED = {"policies": [POLICY], "calendars": [OFFICE], "history": [FACT]}


class StoppedClock(Database):
    def __init__(self) -> None:
        """Holds no connections."""

    async def now(self) -> datetime:
        return NOW


def app() -> FastAPI:
    made = FastAPI()
    install_problems(made)
    made.include_router(sla_routes(StoppedClock(), SlaDocuments(), None))
    return made


def client() -> TestClient:
    return TestClient(app(), client=("127.0.0.1", 1))


@pytest.mark.parametrize("start", ["9999-06-01T00:00:00Z", "0001-01-01T00:00:00Z", "2036-04-04T00:00:00Z"])
def test_a_start_far_from_now_is_refused_with_its_path(start: str) -> None:
    answer = client().get("/v1/calendars/office/add", params={"start": start, "duration": "1h"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["path"] == "query.start"
    assert error["got"].startswith(start[:19])
    assert error["expected"] == "an instant at most 10 years from now"


def test_all_instants_of_a_preview_that_are_far_from_now_are_refused_at_once() -> None:
    old = {**FACT, "at": "1971-01-01T00:00:00Z", "since_at": "0001-01-01T00:00:00Z"}
    answer = client().post("/v1/clocks/preview", json={**ASKED, "history": [old], "at": "9998-01-01T00:00:00Z"})
    assert answer.status_code == 422
    assert [(error["path"], error["got"][:4]) for error in answer.json()["errors"]] == [
        ("body.at", "9998"),
        ("body.history.0.at", "1971"),
        ("body.history.0.since_at", "0001"),
    ]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("body.calendars", {**ASKED, "calendars": [OFFICE] * 21}),
        ("body.policies", {**ASKED, "policies": [POLICY] * 51}),
        ("body.queues", {**ASKED, "queues": [{"name": "general"}] * 101}),
        ("body.policies.0.targets", {**ASKED, "policies": [{**POLICY, "targets": [TARGET] * 51}]}),
        ("body.calendars.0.closed", {**ASKED, "calendars": [{**OFFICE, "closed": ["2026-12-28"] * 401}]}),
        ("body.calendars.0.hours", {**ASKED, "calendars": [{**OFFICE, "hours": "Mo off; " * 200}]}),
        ("body.calendars.0.holidays", {**ASKED, "calendars": [{**OFFICE, "holidays": "DE," * 100}]}),
    ],
)
def test_lists_beyond_any_use_are_refused_with_their_path(path: str, asked: dict[str, object]) -> None:
    answer = client().post("/v1/clocks/preview", json=asked)
    assert (answer.status_code, [error["path"] for error in answer.json()["errors"]]) == (422, [path])


@pytest.mark.parametrize("field", ["tier", "priority"])
@pytest.mark.parametrize("number", [10**400, 2**63, -1], ids=["10^400", "2^63", "-1"])
def test_a_number_beyond_its_range_is_refused_with_its_path(field: str, number: int) -> None:
    """A policy's condition would be asked about it, and knows numbers of 64 bits only."""
    asked = json.dumps({**ASKED, "history": [{**FACT, field: number}]})
    answer = client().post("/v1/clocks/preview", content=asked, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, f"body.history.0.{field}")


def test_what_is_within_reach_is_answered() -> None:
    answer = client().post("/v1/clocks/preview", json=ASKED)
    (clock,) = answer.json()["clocks"]
    assert clock["due_at"] == "2026-03-05T08:30:00Z"


async def test_others_are_answered_while_a_preview_is_drawn() -> None:
    asked = {**ASKED, "history": [{**FACT, "at": "2016-12-01T12:00:00Z"}], "at": "2035-12-01T12:00:00Z"}
    transport = httpx2.ASGITransport(app=app(), client=("127.0.0.1", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sla") as asking:
        drawn = asyncio.ensure_future(asking.post("/v1/clocks/preview", json=asked))
        await asyncio.sleep(0.02)
        other = await asking.get("/v1/calendars/office/add", params={"start": "9999-06-01T00:00:00Z", "duration": "1h"})
        assert (other.status_code, drawn.done()) == (422, False)
        assert (await drawn).status_code == 200
