"""How do providers knock? Signed webhooks; the answer is a success only once everything in them is durable."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bellhop_common.http.problems import Problem
from bellhop_ingest.adapters.doors.counter import Counter, described
from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.adapters.secrets import any_matches
from bellhop_ingest.adapters.signatures import meta_signed, twilio_signed
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.outcomes import Outcome, Refused

META: Final = ("whatsapp", "messenger", "instagram")
TWILIO: Final = ("phone", "sms")
MOST_FIELDS: Final = 1_000


def webhook_routes(counter: Counter) -> APIRouter:
    routes = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

    @routes.get("/{channel}/{entry_point}")
    async def handshake(channel: str, entry_point: str, request: Request) -> Response:
        """Meta's verification: the challenge comes back if the token is one of the entry point's secrets."""
        door = await counter.door(entry_point, channel)
        query = request.query_params
        known = any_matches(counter.secrets.of(door.secret), query.get("hub.verify_token", ""), bytes.decode)
        if channel not in META or query.get("hub.mode") != "subscribe" or not known:
            raise Problem(403, "Not verified")
        return Response(query.get("hub.challenge", ""), media_type="text/plain")

    @routes.post("/{channel}/{entry_point}")
    async def arrive(channel: str, entry_point: str, request: Request) -> Response:
        if channel not in (*META, *TWILIO):
            raise Problem(404, "No such webhook", f"one of {', '.join((*META, *TWILIO))}")
        raw = await counter.body(request)
        door = await counter.door(entry_point, channel)
        if not _signed(counter, door, request, raw):
            raise Problem(401, "Signature doesn't match")
        outcomes = normalise(channel, raw, counter.reception(door.name))
        answers = await counter.desk.take(outcomes)
        if answers and all(isinstance(answer, Refused) for answer in answers):
            raise Problem(422, "Not as expected", errors=described(answers[0])["errors"])
        if channel in TWILIO and "application/json" not in request.headers.get("accept", ""):
            return Response(_twiml(outcomes, door), media_type="text/xml")
        return JSONResponse({"outcomes": [described(answer) for answer in answers]})

    return routes


def _twiml(outcomes: Sequence[Outcome], door: Door) -> str:
    """Twilio does what the answer says: a new call waits in the queue of its entry point, anything else is done."""
    is_call = any(isinstance(one, Arrival) and one.call is not None for one in outcomes)
    verb = f"<Enqueue>{escape(door.name)}</Enqueue>" if is_call else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{verb}</Response>'


def _signed(counter: Counter, door: Door, request: Request, raw: bytes) -> bool:
    """An entry point without secrets takes nothing from outside."""
    secrets, headers = counter.secrets.of(door.secret), request.headers
    if door.channel in META:
        return meta_signed(secrets, headers.get("x-hub-signature-256"), raw)
    return twilio_signed(secrets, headers.get("x-twilio-signature"), _public(counter, request), form_fields(raw))


def _public(counter: Counter, request: Request) -> str:
    """The address the provider called: from configuration, never from the Host header of a proxy."""
    base = counter.rules.public_url
    url = request.url
    if base is None:
        return str(url)
    return f"{base.rstrip('/')}{url.path}" + (f"?{url.query}" if url.query else "")


def form_fields(raw: bytes) -> Sequence[tuple[str, str]]:
    """Nobody has shown a signature yet, so there is a limit to what is taken apart."""
    try:
        return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return ()
