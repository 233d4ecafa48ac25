"""Are providers believed when they sign, and are their messages and calls told in full?"""

import base64
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx2

from support.ingest_house import META_SECRETS, PUBLIC_URL, TWILIO_SECRET, Doors, where
from support.ingest_messages import kinds


def whatsapp(message_id: str, text: str = "Hello", sender: str = "4915123456789") -> bytes:
    body = json.loads(kinds("whatsapp/message.json")["text"])
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"][0] |= {"id": message_id, "from": sender, "text": {"body": text}}
    value["contacts"] = [{"profile": {"name": "Mia"}, "wa_id": sender}]
    return json.dumps(body).encode()


def signed(raw: bytes, secret: str = META_SECRETS[0]) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.digest(secret.encode(), raw, "sha256").hex()}


async def post(doors: Doors, raw: bytes, headers: Mapping[str, str]) -> httpx2.Response:
    return await doors.http.post("/v1/webhooks/whatsapp/whats", content=raw, headers=dict(headers))


async def call(
    doors: Doors, channel: str = "phone", door: str = "line", accept: str = "application/json", **fields: str
) -> httpx2.Response:
    """As Twilio signs it: over the address it called, which isn't the one that the proxy calls."""
    path = f"/v1/webhooks/{channel}/{door}"
    text = PUBLIC_URL + path + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(TWILIO_SECRET.encode(), text.encode(), "sha1")).decode()
    headers = {
        "x-twilio-signature": signature,
        "content-type": "application/x-www-form-urlencoded",
        "accept": accept,
    }
    return await doors.http.post(path, content=urlencode(fields).encode(), headers=headers)


async def test_the_handshake_gives_the_challenge_back_to_who_knows_the_secret(doors: Doors) -> None:
    def asking(token: str) -> dict[str, str]:
        return {"hub.mode": "subscribe", "hub.challenge": "12345", "hub.verify_token": token}

    known = await doors.http.get("/v1/webhooks/whatsapp/whats", params=asking(META_SECRETS[0]))
    unknown = await doors.http.get("/v1/webhooks/whatsapp/whats", params=asking("a guess"))
    assert (known.status_code, known.text) == (200, "12345")
    assert unknown.status_code == 403


async def test_a_webhook_with_a_bad_signature_is_turned_away_without_detail(doors: Doors) -> None:
    raw = whatsapp("wamid.bad")
    signatures = (signed(raw, "a guess")["x-hub-signature-256"], "", "sha256=zz")
    for signature in signatures:
        answer = await post(doors, raw, {"x-hub-signature-256": signature})
        assert answer.status_code == 401
        assert "errors" not in answer.json()


async def test_a_signed_message_is_a_contact_once_under_either_secret(doors: Doors) -> None:
    raw = whatsapp("wamid.good", "Bitte dringend um Rückruf, mein Drucker brennt und raucht")
    answer = await post(doors, raw, signed(raw))
    again = await post(doors, raw, signed(raw, META_SECRETS[1]))
    body = await doors.said.first("contact.received", where(provider_message_id="wamid.good"))
    assert (answer.status_code, again.status_code) == (200, 200)
    assert [one.json()["outcomes"][0]["repeat"] for one in (answer, again)] == [False, True]
    assert (body["channel"], body["provider"], body["customer"]["name"]) == ("whatsapp", "whatsapp", "Mia")
    assert (body["language"]["tag"], body["triage"]["flags"]) == ("de", ["urgent"])
    assert body["reply_route"]["can_reply_until"] == "2023-10-12T16:53:43.000000Z"


async def test_a_signed_body_that_is_none_is_refused(doors: Doors) -> None:
    raw = b"{not json"
    assert (await post(doors, raw, signed(raw))).status_code == 422


async def test_the_next_message_of_a_sender_joins_the_conversation(doors: Doors) -> None:
    first, second = whatsapp("wamid.n1", sender="4915100000001"), whatsapp("wamid.n2", sender="4915100000001")
    told = [(await post(doors, raw, signed(raw))).json()["outcomes"][0] for raw in (first, second)]
    assert told[0]["conversation_id"] == told[1]["conversation_id"]
    assert told[0]["contact_id"] != told[1]["contact_id"]


async def test_a_call_that_is_answered_is_told_from_ring_to_end(doors: Doors) -> None:
    caller = {"CallSid": "CA-answered", "From": "+4930111", "To": "+4930999", "Direction": "inbound"}
    ringing = await call(doors, **caller, CallStatus="ringing")
    contact_id = ringing.json()["outcomes"][0]["contact_id"]
    await call(doors, **caller, QueueResult="bridged", QueueTime="12")
    await call(doors, **caller, CallStatus="completed")
    await doors.said.first("contact.call-state", where(contact_id=contact_id, state="ended"))
    body = await doors.said.first("contact.received", where(contact_id=contact_id))
    states = [one["state"] for one in doors.said.of("contact.call-state", where(contact_id=contact_id))]
    assert body["call"] == {"from": "+4930111", "withheld": False, "stage": "ringing"}
    assert states == ["connected", "ended"]


async def test_a_new_call_is_put_into_the_queue_of_its_entry_point(doors: Doors) -> None:
    caller = {"CallSid": "CA-twiml", "From": "+4930555", "Direction": "inbound"}
    ringing = await call(doors, accept="*/*", **caller, CallStatus="ringing")
    ended = await call(doors, accept="*/*", **caller, CallStatus="completed")
    assert ringing.headers["content-type"].startswith("text/xml")
    assert ringing.text == '<?xml version="1.0" encoding="UTF-8"?><Response><Enqueue>line</Enqueue></Response>'
    assert ended.text == '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


async def test_a_caller_who_hangs_up_in_the_queue_has_abandoned(doors: Doors) -> None:
    caller = {"CallSid": "CA-queue", "From": "+4930222", "Direction": "inbound"}
    await call(doors, **caller, CallStatus="ringing")
    left = {**caller, "QueueResult": "hangup", "QueueTime": "31"}
    for _ in range(2):
        await call(doors, **left, Timestamp="Mon, 02 Mar 2026 10:00:00 +0000")
    body = await doors.said.first("contact.received", where(provider_message_id="CA-queue"))
    gone = await doors.said.first("contact.abandoned", where(contact_id=body["contact_id"]))
    assert (gone["stage"], gone["waited_ms"], gone["short"]) == ("queue", 31_000, False)
    assert (gone["channel"], gone["entry_point"], gone["sequence"]) == ("phone", "line", 2)


async def test_a_call_that_nobody_took_is_missed(doors: Doors) -> None:
    caller = {"CallSid": "CA-missed", "From": "+4930333", "Direction": "inbound"}
    await call(doors, **caller, CallStatus="ringing")
    await call(doors, **caller, CallStatus="no-answer", CallDuration="0")
    body = await doors.said.first("contact.received", where(provider_message_id="CA-missed"))
    gone = await doors.said.first("contact.abandoned", where(contact_id=body["contact_id"]))
    assert gone["stage"] == "ringing"


async def test_a_hang_up_that_overtakes_its_call_is_told_after_it(doors: Doors) -> None:
    caller = {"CallSid": "CA-early", "From": "+4930444", "Direction": "inbound"}
    await call(doors, **caller, QueueResult="hangup", QueueTime="3")
    await call(doors, **caller, CallStatus="ringing")
    body = await doors.said.first("contact.received", where(provider_message_id="CA-early"))
    gone = await doors.said.first("contact.abandoned", where(contact_id=body["contact_id"]))
    assert (body["sequence"], gone["sequence"], gone["short"]) == (1, 2, True)


async def test_a_call_signed_for_another_address_is_turned_away(doors: Doors) -> None:
    path = "/v1/webhooks/phone/line"
    text = f"http://elsewhere.example{path}CallSidCA-x"
    signature = base64.b64encode(hmac.digest(TWILIO_SECRET.encode(), text.encode(), "sha1")).decode()
    answer = await doors.http.post(path, data={"CallSid": "CA-x"}, headers={"x-twilio-signature": signature})
    assert answer.status_code == 401


async def test_an_sms_and_the_receipt_of_one_of_ours(doors: Doors) -> None:
    await call(doors, "sms", "texts", MessageSid="SM-1", From="+4915155555", Body="Hi there")
    await call(doors, "sms", "texts", MessageSid="SM-ours", MessageStatus="delivered", To="+4915155555")
    body = await doors.said.first("contact.received", where(provider_message_id="SM-1"))
    receipt = await doors.said.first("delivery.receipt", where(provider_message_id="SM-ours"))
    assert (body["channel"], body["reply_route"]["handle"]) == ("sms", "+4915155555")
    assert (receipt["state"], receipt["provider"]) == ("delivered", "twilio")
