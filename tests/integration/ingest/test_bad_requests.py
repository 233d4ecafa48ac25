"""Is every forged, repeated or unreadable request at an HTTP door or socket told why, and harmless?"""

import base64
import hmac
import json
from urllib.parse import urlencode
from uuid import uuid4

import httpx2
import pytest

from support.chatting import page
from support.ingest_house import META_SECRETS, PUBLIC_URL, TWILIO_SECRET, Doors, where
from support.ingest_messages import kinds

SHOP = {"authorization": "Bearer shop-token"}
NAN, HUGE = b"NaN", b"1" + b"0" * 400
NUMBERS = pytest.mark.parametrize("number", [NAN, HUGE, b"1e400", b"-Infinity"], ids=["NaN", "10^400", "1e400", "-Inf"])


def meta(raw: bytes, secret: str = META_SECRETS[0]) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.digest(secret.encode(), raw, "sha256").hex()}


def twilio(path: str, fields: dict[str, str], secret: str = TWILIO_SECRET) -> dict[str, str]:
    text = PUBLIC_URL + path + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()
    return {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}


def whatsapp(message_id: str) -> bytes:
    body = json.loads(kinds("whatsapp/message.json")["text"])
    body["entry"][0]["changes"][0]["value"]["messages"][0] |= {"id": message_id, "from": "4915100009999"}
    return json.dumps(body).encode()


async def hook(doors: Doors, path: str, raw: bytes, headers: dict[str, str]) -> httpx2.Response:
    return await doors.http.post(f"/v1/webhooks/{path}", content=raw, headers=headers)


FORGED = {
    "no signature": {},
    "another secret": meta(b"{}", "a guess"),
    "of another body": meta(b'{"object": "other"}'),
    "no hexadecimal": {"x-hub-signature-256": "sha256=zz"},
    "an old scheme": {"x-hub-signature": "sha1=" + "0" * 40},
    "letters beyond ASCII": {"x-hub-signature-256": "sha256=\u00e9"},
}


@pytest.mark.parametrize("kind", sorted(FORGED))
async def test_a_forged_signature_is_turned_away_without_a_hint(doors: Doors, kind: str) -> None:
    headers = {name.encode(): value.encode("latin-1") for name, value in FORGED[kind].items()}
    answer = await doors.http.post("/v1/webhooks/whatsapp/whats", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()) == (
        401,
        {"type": "about:blank", "title": "Signature doesn't match", "status": 401},
    )


@pytest.mark.parametrize(("channel", "door"), [("phone", "line"), ("sms", "texts")])
async def test_a_forged_call_or_text_is_turned_away(doors: Doors, channel: str, door: str) -> None:
    fields, path = {"CallSid": "CA-forged", "MessageSid": "SM-forged", "From": "+491"}, f"/v1/webhooks/{channel}/{door}"
    raw = urlencode(fields).encode()
    forged = twilio(path, fields, "a guess")
    of_other_fields = twilio(path, {**fields, "From": "+492"})
    answers = [await hook(doors, f"{channel}/{door}", raw, headers) for headers in (forged, of_other_fields)]
    assert [answer.status_code for answer in answers] == [401, 401]


async def test_a_replayed_webhook_is_answered_with_the_contact_it_made_once(doors: Doors) -> None:
    raw = whatsapp(f"wamid.{uuid4()}")
    told = [(await hook(doors, "whatsapp/whats", raw, meta(raw))).json()["outcomes"][0] for _ in range(5)]
    assert [one["repeat"] for one in told] == [False, True, True, True, True]
    assert len({one["contact_id"] for one in told}) == 1
    await doors.said.first("contact.received", where(contact_id=told[0]["contact_id"]))
    assert len(doors.said.of("contact.received", where(contact_id=told[0]["contact_id"]))) == 1


async def test_a_replayed_text_message_is_one_contact(doors: Doors) -> None:
    fields, path = {"MessageSid": f"SM{uuid4()}", "From": "+4915177777", "Body": "Again"}, "/v1/webhooks/sms/texts"
    headers = {**twilio(path, fields), "accept": "application/json"}
    raw = urlencode(fields).encode()
    told = [(await hook(doors, "sms/texts", raw, headers)).json()["outcomes"][0] for _ in range(3)]
    assert [one["repeat"] for one in told] == [False, True, True]


@NUMBERS
async def test_a_number_that_json_does_not_have_is_told_at_the_door_of_other_systems(
    doors: Doors, number: bytes
) -> None:
    raw = b'{"submission_id": "n-1", "entry_point": "shop", "text": ' + number + b"}"
    answer = await doors.http.post("/v1/contacts", content=raw, headers=SHOP)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["expected"]


@NUMBERS
async def test_a_number_that_json_does_not_have_is_told_in_a_form(doors: Doors, number: bytes) -> None:
    raw = b'{"email": ' + number + b', "message": "Hi"}'
    answer = await doors.http.post("/v1/forms/site", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] in {"body", "email"}


@NUMBERS
async def test_a_number_that_json_does_not_have_is_told_in_a_signed_webhook(doors: Doors, number: bytes) -> None:
    raw = b'{"object": "whatsapp_business_account", "entry": ' + number + b"}"
    answer = await hook(doors, "whatsapp/whats", raw, meta(raw))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"]


@NUMBERS
async def test_a_number_that_json_does_not_have_is_told_in_a_profile(doors: Doors, number: bytes) -> None:
    raw = b'{"occasions": [{"kind": "birthday", "day": 1, "month": ' + number + b"}]}"
    headers = {**SHOP, "content-type": "application/json"}
    answer = await doors.http.put(f"/v1/customers/{uuid4()}", content=raw, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.json().get("errors") or answer.json().get("title")


@NUMBERS
async def test_a_number_that_json_does_not_have_is_told_on_a_socket(doors: Doors, number: bytes) -> None:
    async with page(doors.replica) as visitor:
        await visitor.socket.send('{"type": "message", "id": ' + number.decode() + ', "text": ""}')
        assert (await visitor.next("refused"))["errors"]
        await visitor.say("m1", "Still here")


@pytest.mark.parametrize("raw", [b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}', b"{", b"\xff", b"[" * 5_000])
async def test_a_profile_that_can_not_be_stored_is_told_so(doors: Doors, raw: bytes) -> None:
    headers = {**SHOP, "content-type": "application/json"}
    answer = await doors.http.put(f"/v1/customers/{uuid4()}", content=raw, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_long_thread_key_joins_its_submissions(doors: Doors) -> None:
    """Longer than an index can hold, and nothing that could be compressed."""
    key = "".join(chr(0x10000 + 37 * number % 60_000) for number in range(3_000))
    body = {"entry_point": "shop", "customer": {"handles": [{"kind": "email", "value": "k@shop.example"}]}}
    more = {"text": "Parcel?", "occurred_at": "2026-03-02T10:00:00Z", "thread_key": key}
    answers = [
        await doors.http.post("/v1/contacts", json={**body, **more, "submission_id": str(uuid4())}, headers=SHOP)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert len({answer.json()["conversation_id"] for answer in answers}) == 1


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"])
async def test_an_instant_outside_of_the_calendar_is_told_by_its_field(doors: Doors, at: str) -> None:
    body = {"submission_id": "when", "entry_point": "shop", "customer": {}, "text": "Hi", "occurred_at": at}
    answer = await doors.http.post("/v1/contacts", json=body, headers=SHOP)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == ["data.occurred_at"]


async def test_an_event_of_2_mb_is_refused_by_its_field(doors: Doors) -> None:
    body = {"submission_id": "big", "entry_point": "shop", "customer": {}, "occurred_at": "2026-03-02T10:00:00Z"}
    answer = await doors.http.post("/v1/contacts", json={**body, "text": "x" * 2_000_000}, headers=SHOP)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "data.text"
    assert "at most 700000" in answer.json()["errors"][0]["expected"]


async def test_a_form_of_ten_thousand_parts_is_refused(doors: Doors) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await doors.http.post("/v1/forms/site", content=part * 10_000 + b"--b--\r\n", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (413, "at most 100")


async def test_a_frame_nested_deeper_than_can_be_written_is_refused_and_the_chat_goes_on(doors: Doors) -> None:
    async with page(doors.replica) as visitor:
        await visitor.socket.send('{"type": "message", "id": "m", "text": ' + "[" * 500 + "]" * 500 + "}")
        assert (await visitor.next("refused"))["errors"]
        await visitor.say("m1", "Still here")
