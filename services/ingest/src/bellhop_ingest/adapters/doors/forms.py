"""How does a web form hand in? Form fields or JSON, no cookies; an Idempotency-Key makes a repeat harmless."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bellhop_common.http.problems import Problem
from bellhop_ingest.adapters.doors.counter import Counter, described, must_be_taken
from bellhop_ingest.adapters.doors.multipart import MULTIPART, filled_in
from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.domain.arrival import Arrival, Attachment
from bellhop_ingest.domain.outcomes import Outcome, Parked
from bellhop_ingest.domain.reception import Reception

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
        outcomes = [_keyed(one, key) for one in _read(request, raw, counter.reception(door.name))]
        answer = must_be_taken((await counter.desk.take(outcomes))[0])
        return JSONResponse(described(answer), 202)

    return routes


def _read(request: Request, raw: bytes, reception: Reception) -> Sequence[Outcome]:
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith(MULTIPART):
        return normalise("form", raw, reception)
    form = filled_in(content_type, raw)
    return [_with_files(one, tuple(form.files)) for one in normalise("form", form.raw, reception)]


def _with_files(outcome: Outcome, files: tuple[Attachment, ...]) -> Outcome:
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
