"""How do providers knock? Signed webhooks; the answer is a success only once everything in them is durable."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response

from bellhop_common.http.problems import Problem
from bellhop_ingest.adapters.doors.counter import Counter, described
from bellhop_ingest.adapters.secrets import any_matches
from bellhop_ingest.adapters.signatures import meta_signed, twilio_signed
from bellhop_ingest.domain.documents import Door
from bellhop_ingest.domain.outcomes import Refused

META: Final = ("whatsapp", "messenger", "instagram")
TWILIO: Final = ("phone", "sms")


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
    async def arrive(channel: str, entry_point: str, request: Request) -> dict[str, object]:
        if channel not in (*META, *TWILIO):
            raise Problem(404, "No such webhook", f"one of {', '.join((*META, *TWILIO))}")
        raw = await counter.body(request)
        door = await counter.door(entry_point, channel)
        if not _signed(counter, door, request, raw):
            raise Problem(401, "Signature doesn't match")
        answers = await counter.hand_in(channel, raw, door.name)
        if answers and all(isinstance(answer, Refused) for answer in answers):
            raise Problem(422, "Not as expected", errors=described(answers[0])["errors"])
        return {"outcomes": [described(answer) for answer in answers]}

    return routes


def _signed(counter: Counter, door: Door, request: Request, raw: bytes) -> bool:
    """An entry point without secrets takes nothing from outside."""
    secrets, headers = counter.secrets.of(door.secret), request.headers
    if door.channel in META:
        return meta_signed(secrets, headers.get("x-hub-signature-256"), raw)
    return twilio_signed(secrets, headers.get("x-twilio-signature"), _public(counter, request), _fields(raw))


def _public(counter: Counter, request: Request) -> str:
    """The address the provider called: from configuration, never from the Host header of a proxy."""
    base = counter.rules.public_url
    url = request.url
    if base is None:
        return str(url)
    return f"{base.rstrip('/')}{url.path}" + (f"?{url.query}" if url.query else "")


def _fields(raw: bytes) -> Sequence[tuple[str, str]]:
    return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
