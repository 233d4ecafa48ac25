"""How does a web form hand in? Form fields or JSON, no cookies; an Idempotency-Key makes a repeat harmless."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bellhop_common.http.problems import Problem
from bellhop_ingest.adapters.doors.counter import Counter, described, must_be_taken
from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.outcomes import Outcome, Parked

MAX_KEY: Final = 200


def form_routes(counter: Counter) -> APIRouter:
    routes = APIRouter(prefix="/v1/forms", tags=["forms"])

    @routes.post("/{entry_point}", status_code=202)
    async def submit(entry_point: str, request: Request) -> JSONResponse:
        raw = await counter.body(request)
        door = await counter.door(entry_point, "form")
        key = request.headers.get("idempotency-key")
        if key is not None and not 0 < len(key) <= MAX_KEY:
            raise Problem(400, "Idempotency-Key", f"1 to {MAX_KEY} characters")
        outcomes = normalise("form", raw, counter.reception(door.name))
        answer = must_be_taken((await counter.desk.take([_keyed(one, key) for one in outcomes]))[0])
        return JSONResponse(described(answer), 202)

    return routes


def _keyed(outcome: Outcome, key: str | None) -> Outcome:
    if key is None:
        return outcome
    match outcome:
        case Arrival():
            return replace(outcome, provider_message_id=key)
        case Parked(arrival=arrival):
            return replace(outcome, arrival=replace(arrival, provider_message_id=key))
        case _:
            return outcome
