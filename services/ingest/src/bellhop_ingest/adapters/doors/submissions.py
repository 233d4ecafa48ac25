"""How do other systems hand in contacts over HTTP? One or many, each answered on its own."""

from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from bellhop_common.http.auth import Caller, Tokens, require
from bellhop_common.http.problems import Problem
from bellhop_ingest.adapters.doors.counter import Counter, described
from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.application.front_desk import Answer
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.outcomes import Outcome, refused
from bellhop_ingest.domain.places import Places


def submission_routes(counter: Counter, tokens: Tokens) -> APIRouter:
    routes = APIRouter(prefix="/v1/contacts", tags=["contacts"])
    publisher = Depends(require(tokens, "publisher", "admin"))

    @routes.post("", status_code=202)
    async def submit(request: Request, caller: Caller = publisher) -> JSONResponse:
        """`contact.submitted` bodies or structured CloudEvents: one object, or a list of up to 1,000."""
        raw = await counter.body(request)
        places = await counter.desk.places()
        outcomes = normalise("event", raw, counter.reception("event"))
        allowed = [_allowed(outcome, places, caller) for outcome in outcomes]
        answers = await counter.desk.take(allowed)
        return _answer(raw, answers)

    return routes


def _allowed(outcome: Outcome, places: Places, caller: Caller) -> Outcome:
    """Names the field that is wrong; a caller may only use the entry points that its desk gave to it."""
    if not isinstance(outcome, Arrival):
        return outcome
    if places.find(outcome.entry_point) is None:
        return refused("entry_point", repr(outcome.entry_point[:64]), "an entry point of a desk")
    if "admin" not in caller.roles and not places.may_publish(caller.name, outcome.entry_point):
        return refused("entry_point", repr(outcome.entry_point[:64]), f"one that {caller.name} may publish to")
    return outcome


def _answer(raw: bytes, answers: list[Answer]) -> JSONResponse:
    """A batch is answered one by one, unless it is refused as a whole."""
    told: list[dict[str, Any]] = [described(answer) for answer in answers]
    if isinstance(given := _parsed(raw), list) and len(given) == len(told):
        return JSONResponse({"results": told}, 207)
    if told[0]["outcome"] == "refused":
        raise Problem(422, "Not as expected", errors=told[0]["errors"])
    return JSONResponse(told[0], 202)


def _parsed(raw: bytes) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
