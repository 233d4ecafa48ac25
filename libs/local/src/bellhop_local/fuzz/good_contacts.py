"""What do good messages look like at ingest's HTTP doors? Forms, submissions, customers, and signed webhooks."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import uuid4

from bellhop_ingest.adapters.doors.webhooks import form_fields
from bellhop_local.demo import contacts
from bellhop_local.demo.setting import SECRET
from bellhop_local.fuzz import desk
from bellhop_local.fuzz.http_door import Request

WHEN: Final = "2026-03-02T10:00:00Z"
FIELDS: Final = {"name": "Bo", "email": "bo@form.example", "subject": "Chair", "message": "It creaks", "locale": "en"}
SUBMISSION: Final[dict[str, object]] = {
    "submission_id": "order-1",
    "entry_point": contacts.SHOP,
    "customer": {
        "external_ids": [{"system": "shop", "id": "c-1"}],
        "handles": [{"kind": "email", "value": "bo@shop.example"}],
        "name": "Bo",
    },
    "text": "Where is my parcel?",
    "subject": "Parcel",
    "language": "en",
    "occurred_at": WHEN,
    "thread_key": "order-1",
    "attachments": ["sha256:00"],
}
EVENT: Final[dict[str, object]] = {
    "specversion": "1.0",
    "id": "e1",
    "source": contacts.SHOP_SOURCE,
    "type": "support.contact.submitted.v1",
    "data": SUBMISSION,
}
PROFILE: Final[dict[str, object]] = {
    "name": "Eva",
    "locale": "en",
    "time_zone": "Europe/Sofia",
    "vip": True,
    "handles": [{"kind": "email", "value": "eva@crm.example", "verified": True}],
    "external_ids": [{"system": "crm", "id": "7"}],
    "occasions": [{"kind": "birthday", "month": 2, "day": 29, "year": 1980}],
    "consents": [{"class": "marketing", "channel": "email", "at": WHEN, "proof": "form"}],
    "flags": ["abusive"],
}
MULTIPART: Final = (
    '--b\r\nContent-Disposition: form-data; name="message"\r\n\r\nHello\r\n'
    '--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nbo@form.example\r\n'
    '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    "file\r\n--b--\r\n"
)


def forms() -> list[Request]:
    path = ("v1", "forms", contacts.FORM)
    return [
        Request("POST", path, body=FIELDS, form=True),
        Request("POST", path, body=FIELDS, headers={"idempotency-key": "k"}),
        Request("POST", path, body=MULTIPART, headers={"content-type": "multipart/form-data; boundary=b"}),
        Request("POST", ("v1", "walk-ins", desk.COUNTER), body=FIELDS),
    ]


def submissions() -> list[Request]:
    path = ("v1", "contacts")
    return [Request("POST", path, body=body) for body in (SUBMISSION, EVENT, [SUBMISSION, EVENT])]


def customers() -> list[Request]:
    return [Request("PUT", ("v1", "customers", str(uuid4())), body=PROFILE, headers={"idempotency-key": "k"})]


def webhooks() -> list[Request]:
    meta = {contacts.WHATSAPP: _whatsapp(), desk.MESSENGER: _messenger("page"), desk.INSTAGRAM: _messenger("instagram")}
    channels = {contacts.WHATSAPP: "whatsapp", desk.MESSENGER: "messenger", desk.INSTAGRAM: "instagram"}
    signed = [
        Request("POST", ("v1", "webhooks", channels[door], door), body=body, sign=_meta) for door, body in meta.items()
    ]
    asked = {"hub.mode": "subscribe", "hub.challenge": "12345", "hub.verify_token": SECRET.decode()}
    return [*signed, Request("GET", ("v1", "webhooks", "whatsapp", contacts.WHATSAPP), query=asked)]


def calls(address: str) -> list[Request]:
    """Twilio signs the address that it calls: `address` is the service's own."""

    def sign(request: Request) -> Mapping[str, str]:
        text = f"{address}{request.target}" + "".join(f"{name}{value}" for name, value in _fields(request.raw))
        return {"x-twilio-signature": base64.b64encode(hmac.digest(SECRET, text.encode(), "sha1")).decode()}

    call = {"CallSid": "CA1", "From": "+4930111222", "To": "+12025550199", "Direction": "inbound"}
    bodies = {
        ("phone", contacts.PHONE): [
            {**call, "CallStatus": "ringing"},
            {**call, "QueueResult": "hangup", "QueueTime": "3"},
        ],
        ("sms", desk.SMS): [
            {"MessageSid": "SM1", "From": "+4915155555", "Body": "Hi", "NumMedia": "0"},
            {"MessageSid": "SM2", "MessageStatus": "delivered", "To": "+4915155555"},
        ],
    }
    return [
        Request("POST", ("v1", "webhooks", *door), body=body, form=True, sign=sign)
        for door, known in bodies.items()
        for body in known
    ]


def fresh(request: Request) -> Request:
    """Under ids of its own where it has one, since a repeat is an answer too easy to give."""
    if isinstance(request.body, dict) and "submission_id" in request.body:
        return replace(request, body={**request.body, "submission_id": str(uuid4())})
    return request


def _fields(raw: bytes) -> list[tuple[str, str]]:
    return sorted(set(form_fields(raw)))


def _meta(request: Request) -> Mapping[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.digest(SECRET, request.raw, "sha256").hex()}


def _whatsapp() -> dict[str, object]:
    message = {
        "from": "4915123456789",
        "id": "wamid.1",
        "timestamp": "1697039623",
        "type": "text",
        "text": {"body": "Hi"},
    }
    picture = {
        **message,
        "id": "wamid.2",
        "type": "image",
        "image": {"id": "1", "mime_type": "image/png", "caption": "See"},
    }
    status = {"id": "wamid.3", "status": "delivered", "timestamp": "1697039624", "recipient_id": "4915123456789"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "12025550100", "phone_number_id": "100200300"},
        "contacts": [{"profile": {"name": "Mia"}, "wa_id": "4915123456789"}],
        "messages": [message, picture],
        "statuses": [status],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}],
    }


def _messenger(kind: str) -> dict[str, object]:
    said = {"mid": "m_1", "text": "Hi", "attachments": [{"type": "image", "payload": {"url": "https://x.example/1"}}]}
    event = {"sender": {"id": "1"}, "recipient": {"id": "2"}, "timestamp": 1697039623000, "message": said}
    return {"object": kind, "entry": [{"id": "2", "time": 1697039623000, "messaging": [event]}]}
