"""How does a web form hand in? Form fields or JSON, no cookies; an Idempotency-Key makes a repeat harmless."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from bellhop_common.http.auth import Tokens, require
from bellhop_common.http.problems import Problem
from bellhop_ingest.adapters.doors.counter import Counter, described, must_be_taken
from bellhop_ingest.adapters.doors.multipart import MULTIPART, filled_in
from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.domain.arrival import Arrival, Attachment
from bellhop_ingest.domain.outcomes import Outcome, Parked

MAX_KEY: Final = 200


def form_routes(counter: Counter) -> APIRouter:
    routes = APIRouter(prefix="/v1/forms", tags=["forms"])

    @routes.post("/{entry_point}", status_code=202)
    async def submit(entry_point: str, request: Request) -> JSONResponse:
        return await _taken(counter, "form", entry_point, request)

    return routes


def walk_in_routes(counter: Counter, tokens: Tokens) -> APIRouter:
    """The tablet at the reception: the same fields, from a device that has a token."""
    routes = APIRouter(prefix="/v1/walk-ins", tags=["walk-ins"])
    allowed = [Depends(require(tokens, "publisher", "agent", "operator", "admin"))]

    @routes.post("/{entry_point}", status_code=202, dependencies=allowed)
    async def announce(entry_point: str, request: Request) -> JSONResponse:
        return await _taken(counter, "walk_in", entry_point, request)

    return routes


async def _taken(counter: Counter, channel: str, entry_point: str, request: Request) -> JSONResponse:
    raw = await counter.body(request)
    door = await counter.door(entry_point, channel)
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise Problem(400, "Idempotency-Key", f"1 to {MAX_KEY} characters")
    body, files = _read(request, raw)
    outcomes = normalise(channel, body, counter.reception(door.name))
    answers = await counter.desk.take([_with_files(_keyed(one, key), files) for one in outcomes])
    return JSONResponse(described(must_be_taken(answers[0])), 202)


def _read(request: Request, raw: bytes) -> tuple[bytes, tuple[Attachment, ...]]:
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith(MULTIPART):
        return raw, ()
    form = filled_in(content_type, raw)
    return form.raw, tuple(form.files)


def _with_files(outcome: Outcome, files: tuple[Attachment, ...]) -> Outcome:
    if not files:
        return outcome
    match outcome:
        case Arrival():
            return replace(outcome, attachments=files)
        case Parked(arrival=arrival):
            return replace(outcome, arrival=replace(arrival, attachments=files))
        case _:
            return outcome


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
