"""How does the play reach the product? Through the doors everybody uses: LMTP, HTTP, WebSocket, Kafka."""

import asyncio
import base64
import hmac
import smtplib
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlencode

import httpx2
import orjson
from aiokafka import AIOKafkaProducer

from bellhop_local.demo import contacts
from bellhop_local.demo.script import Step

TRIES: Final = 1200
PAUSE: Final = 0.25
# Faults on a slow disk follow each other without the broker ever being back for long.
SEND_PATIENCE_MS: Final = 600_000
BUSY: Final = frozenset({429, 502, 503})
FORM_ENCODED: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class DoorShut(Exception):
    """A door refused what it should have taken; the text says which and how."""


@dataclass(frozen=True, slots=True)
class Addresses:
    ingest: str
    lmtp_port: int
    kafka_bootstrap: str
    topic_prefix: str
    secret: bytes


class Doors:
    """Tries again when told to, as mail servers and providers do."""

    def __init__(self, addresses: Addresses) -> None:
        self._to = addresses
        self._http = httpx2.AsyncClient(base_url=addresses.ingest, timeout=10)
        self._kafka = AIOKafkaProducer(
            bootstrap_servers=addresses.kafka_bootstrap, acks="all", request_timeout_ms=SEND_PATIENCE_MS
        )

    async def __aenter__(self) -> Self:
        await self._kafka.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._kafka.stop()
        await self._http.aclose()

    async def mail(self, raw: bytes, sender: str, to: str = contacts.MAILBOX) -> None:
        for _ in range(TRIES):
            if await asyncio.to_thread(self._deliver, raw, sender, to):
                return
            await asyncio.sleep(PAUSE)
        raise DoorShut("LMTP answered 4xx for too long")

    def _deliver(self, raw: bytes, sender: str, to: str) -> bool:
        options = () if f"{sender}{to}".isascii() else ("SMTPUTF8",)
        try:
            with smtplib.LMTP("127.0.0.1", self._to.lmtp_port, timeout=10) as client:
                client.sendmail(sender, [to], raw, mail_options=options)
        except OSError:  # refused for now, or the line broke: of both, smtplib's errors are a kind
            return False
        return True

    async def form(self, step: Step) -> None:
        key = {"Idempotency-Key": f"demo-form-{step.number}"}
        await self._post(f"/v1/forms/{contacts.FORM}", urlencode(contacts.form(step)).encode(), {**FORM_ENCODED, **key})

    async def whatsapp(self, step: Step, at: datetime) -> None:
        raw = orjson.dumps(contacts.whatsapp(step, at))
        signature = "sha256=" + hmac.digest(self._to.secret, raw, "sha256").hex()
        await self._post(f"/v1/webhooks/whatsapp/{contacts.WHATSAPP}", raw, {"X-Hub-Signature-256": signature})

    async def call(self, fields: dict[str, str]) -> None:
        path = f"/v1/webhooks/phone/{contacts.PHONE}"
        signed = f"{self._to.ingest}{path}" + "".join(f"{name}{value}" for name, value in sorted(fields.items()))
        signature = base64.b64encode(hmac.digest(self._to.secret, signed.encode(), "sha1")).decode()
        await self._post(path, urlencode(fields).encode(), {**FORM_ENCODED, "X-Twilio-Signature": signature})

    async def submission(self, step: Step, at: datetime) -> None:
        await self._post("/v1/contacts", orjson.dumps(contacts.submission(step, at)), {})

    async def event(self, step: Step, at: datetime) -> None:
        """Binary and structured mode in turn."""
        body, headers = contacts.submission(step, at), contacts.event_headers(contacts.event_id(step))
        if step.number % 2:
            body, headers = contacts.structured(step, at)
        await self.publish("contact.inbound.v1", None, orjson.dumps(body), headers)

    async def publish(
        self, topic: str, key: bytes | None, value: bytes, headers: list[tuple[str, bytes]]
    ) -> tuple[str, int, int]:
        """Where it went: topic, partition, offset."""
        full = f"{self._to.topic_prefix}.{topic}"
        place = await self._kafka.send_and_wait(full, value, key=key, headers=headers)
        return place.topic, place.partition, place.offset

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        for _ in range(TRIES):
            try:
                answer = await self._http.post(path, content=body, headers=headers)
            except httpx2.TransportError:
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code not in BUSY:
                break
            await asyncio.sleep(PAUSE)
        else:
            raise DoorShut(f"{path} was busy for too long")
        if answer.is_error:
            raise DoorShut(f"{path} answered {answer.status_code}: {answer.text[:200]}")
