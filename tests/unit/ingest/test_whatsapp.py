"""Is every kind of WhatsApp update understood?"""

import json
from datetime import UTC, datetime

import pytest

from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.domain.arrival import Arrival, CallStage
from bellhop_ingest.domain.outcomes import (
    Abandoned,
    CallState,
    CallStateChanged,
    Change,
    Ignored,
    Outcome,
    Receipt,
    ReceiptState,
    Refused,
    Updated,
)
from support.ingest_messages import DESK_DOOR, kinds, message, received

MESSAGES = kinds("whatsapp/message.json")
STATUSES = kinds("whatsapp/message_status.json")
SYSTEM = kinds("whatsapp/system.json")


def read(kind: str) -> Arrival:
    return received(normalise("whatsapp", MESSAGES[kind], DESK_DOOR))


def webhook(field: str, **value: object) -> bytes:
    changes = [{"field": field, "value": {"messaging_product": "whatsapp", **value}}]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}).encode()


def only(body: bytes) -> Outcome:
    (outcome,) = normalise("whatsapp", body, DESK_DOOR)
    return outcome


def test_a_text_carries_sender_time_and_reply_window() -> None:
    arrival = read("text")
    assert (arrival.text, arrival.provider_message_id) == ("Body Text", "wamid.xyzxyz")
    assert [handle.key for handle in arrival.sender.handles] == [
        "whatsapp:972987654321",
        "whatsapp:us.13491208655302741918",
        "phone:+972987654321",
    ]
    assert arrival.sender.name == "Test Name"
    assert arrival.occurred_at == datetime(2023, 10, 11, 16, 53, 43, tzinfo=UTC)
    assert arrival.can_reply_until == datetime(2023, 10, 12, 16, 53, 43, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "text", "media_type"),
    [
        ("image", "", "image/jpeg"),
        ("video", "caption", "video/mp4"),
        ("document", "caption", "application/pdf"),
        ("voice", "", "audio/ogg; codecs=opus"),
        ("static_sticker", "", "image/webp"),
    ],
)
def test_media_come_by_reference(kind: str, text: str, media_type: str) -> None:
    arrival = read(kind)
    assert (arrival.text, arrival.attachments[0].media_type) == (text, media_type)
    assert (arrival.attachments[0].ref or "").startswith("whatsapp:")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("current_location", "12.25089, 43.90539"),
        ("contacts", "Chandler Bing: +1 555-555-5555\nMonica: +1 666-666-6666\nRachel Green: +1 777-777-7777"),
        ("order", "3 × HAMBURGER (30 ILS)\n2 × FRENCH_FRIES (35 ILS)\n2 × SODA (10 ILS)"),
        ("unsupported", "[unsupported: Message type is currently not supported.]"),
        ("interactive_message_with_err", "[interactive: Unsupported webhook payload]"),
    ],
)
def test_what_is_no_text_is_put_into_words(kind: str, text: str) -> None:
    assert read(kind).text == text


def test_an_answer_names_the_message_that_it_answers() -> None:
    assert read("reply").thread.in_reply_to == "wamid.xyzxyz=="


@pytest.mark.parametrize("kind", ["reaction", "unreaction_empty", "unreaction_no_emoji"])
def test_a_reaction_is_ignored(kind: str) -> None:
    assert only(MESSAGES[kind]) == Ignored("a reaction")


@pytest.mark.parametrize("kind", ["phone_number_change", "identity_change"])
def test_a_system_message_is_ignored(kind: str) -> None:
    assert isinstance(only(SYSTEM[kind]), Ignored)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("sent", ReceiptState.ACCEPTED),
        ("delivered", ReceiptState.DELIVERED),
        ("read", ReceiptState.READ),
        ("played", ReceiptState.READ),
        ("failed", ReceiptState.FAILED),
    ],
)
def test_a_status_is_a_receipt(kind: str, state: ReceiptState) -> None:
    outcome = only(STATUSES[kind])
    assert isinstance(outcome, Receipt)
    assert outcome.state is state


def test_a_pressed_button_says_what_stood_on_it() -> None:
    pressed = {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes, please"}}
    said = {"from": "972987654321", "id": "wamid.1", "timestamp": "1697043223", "type": "interactive"}
    outcome = only(webhook("messages", messages=[{**said, "interactive": pressed}]))
    assert isinstance(outcome, Arrival)
    assert outcome.text == "Yes, please"


def test_a_taken_back_message_is_deleted() -> None:
    said = {"from": "972987654321", "id": "wamid.2", "timestamp": "1697043223", "type": "revoke"}
    outcome = only(webhook("messages", messages=[{**said, "revoke": {"original_message_id": "wamid.1"}}]))
    assert isinstance(outcome, Updated)
    assert (outcome.change, outcome.of.provider_message_id) == (Change.DELETED, "wamid.1")


def test_a_notice_about_templates_is_ignored() -> None:
    assert isinstance(only(webhook("message_template_status_update", event="APPROVED")), Ignored)


def test_a_call_is_offered_then_missed() -> None:
    call = {"id": "wacid.1", "from": "972987654321", "timestamp": "1697043223", "direction": "USER_INITIATED"}
    offered = only(webhook("calls", calls=[{**call, "event": "connect"}]))
    missed = only(webhook("calls", calls=[{**call, "event": "terminate", "status": "FAILED"}]))
    ended = only(webhook("calls", calls=[{**call, "event": "terminate", "status": "COMPLETED", "duration": 30}]))
    assert isinstance(offered, Arrival)
    assert isinstance(missed, Abandoned)
    assert missed.stage is CallStage.RINGING
    assert isinstance(ended, CallStateChanged)
    assert ended.state is CallState.ENDED


def test_several_messages_in_one_body_are_several_contacts() -> None:
    said = {"from": "972987654321", "timestamp": "1697043223", "type": "text", "text": {"body": "x"}}
    outcomes = normalise(
        "whatsapp", webhook("messages", messages=[{**said, "id": "1"}, {**said, "id": "2"}]), DESK_DOOR
    )
    assert [one.provider_message_id for one in outcomes if isinstance(one, Arrival)] == ["1", "2"]


@pytest.mark.parametrize("body", [message("whatsapp/message.json"), b"[]", b"{}", b"null", b"\xff", b'{"object": 1}'])
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    assert isinstance(only(body), Refused)
