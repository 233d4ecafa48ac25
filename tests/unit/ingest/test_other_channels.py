"""Are forms, chats, submissions and the smaller messengers understood?"""

import json
from datetime import timedelta

import pytest

from bellhop_ingest.adapters.normalise import CHANNELS, normalise
from bellhop_ingest.domain.arrival import Arrival, CallStage
from bellhop_ingest.domain.channels import Channel
from bellhop_ingest.domain.outcomes import (
    Abandoned,
    CallStateChanged,
    Change,
    Ignored,
    Outcome,
    ParkReason,
    Receipt,
    Refused,
    Updated,
)
from support.ingest_messages import DESK_DOOR, message, parked, received

SUBMITTED = {
    "submission_id": "shop-1",
    "entry_point": "shop",
    "customer": {"handles": [{"kind": "email", "value": "ana@example.com"}]},
    "text": "Where is my parcel?",
    "occurred_at": "2026-03-02T11:00:00Z",
}
CLOUD_EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "shop",
    "type": "support.contact.submitted.v1",
    "data": SUBMITTED,
}


def body(value: object) -> bytes:
    return json.dumps(value).encode()


def only(channel: str, value: object) -> Outcome:
    (outcome,) = normalise(channel, body(value), DESK_DOOR)
    return outcome


def slack(**event: object) -> Outcome:
    return only("slack", {"type": "event_callback", "team_id": "T1", "event": {"type": "message", **event}})


def test_a_form_as_json_or_url_encoded_is_the_same_contact() -> None:
    fields = {"name": "Ana", "email": "Ana@Example.com", "message": "Hello there", "subject": "Parcel", "plan": "gold"}
    arrival = received(normalise("form", body(fields), DESK_DOOR))
    encoded = b"name=Ana&email=Ana%40Example.com&message=Hello+there&subject=Parcel&plan=gold"
    assert received(normalise("form", encoded, DESK_DOOR)) == arrival
    assert [handle.key for handle in arrival.sender.handles] == ["email:ana@example.com"]
    assert (arrival.text, arrival.subject, arrival.attributes) == ("Hello there", "Parcel", {"plan": "gold"})


def test_a_form_says_precisely_what_is_wrong() -> None:
    outcome = only("form", {"email": "nobody"})
    assert isinstance(outcome, Refused)
    assert outcome.reason == (
        "message: got nothing, expected what the customer wants to say; email: got 'nobody', expected an e-mail address"
    )


def test_a_filled_in_honeypot_is_spam() -> None:
    outcome = parked(normalise("form", body({"message": "buy", "email": "a@b.example", "_gotcha": "x"}), DESK_DOOR))
    assert outcome.reason is ParkReason.SPAM


def test_a_form_without_a_way_to_answer_is_parked() -> None:
    assert parked(normalise("form", body({"message": "hello"}), DESK_DOOR)).reason is ParkReason.NO_SENDER


def test_a_visitor_at_the_counter_needs_only_a_name() -> None:
    arrival = received(normalise("walk_in", body({"name": "Ana"}), DESK_DOOR))
    assert (arrival.channel, arrival.sender.name) == (Channel.WALK_IN, "Ana")


def test_a_submission_is_a_contact() -> None:
    arrival = received(normalise("event", body(CLOUD_EVENT), DESK_DOOR))
    assert (arrival.provider_message_id, arrival.entry_point) == ("shop-1", "shop")
    assert received(normalise("event", body(SUBMITTED), DESK_DOOR)) == arrival


def test_a_batch_is_judged_one_by_one() -> None:
    outcomes = normalise("event", body([CLOUD_EVENT, {**CLOUD_EVENT, "type": "other"}]), DESK_DOOR)
    assert [type(one) for one in outcomes] == [Arrival, Refused]


def test_a_bad_submission_names_each_field_and_its_submission() -> None:
    outcome = only("event", {**CLOUD_EVENT, "data": {**SUBMITTED, "text": 7, "occurred_at": "yesterday"}})
    assert isinstance(outcome, Refused)
    assert outcome.submission_id == "shop-1"
    assert [(one.path, one.got) for one in outcome.errors] == [
        ("data.text", "'7'"),
        ("data.occurred_at", "'yesterday'"),
    ]


def test_a_submission_without_its_id_is_named_by_source_and_id() -> None:
    outcome = only("event", {**CLOUD_EVENT, "data": {}})
    assert isinstance(outcome, Refused)
    assert outcome.submission_id == "shop/1"


def test_a_chat_message_is_known_by_session_and_own_id() -> None:
    arrival = received(normalise("chat", body({"session": "s1", "id": "m1", "text": "Hi"}), DESK_DOOR))
    assert (arrival.provider_message_id, arrival.thread.provider_thread_id) == ("s1/m1", "s1")


def test_typing_is_ignored_and_closing_is_abandoning() -> None:
    assert isinstance(only("chat", {"type": "typing", "session": "s1"}), Ignored)
    outcome = only("chat", {"type": "close", "session": "s1"})
    assert isinstance(outcome, Abandoned)
    assert outcome.stage is CallStage.CHAT


def test_a_slack_message_keeps_its_thread() -> None:
    outcome = slack(channel="C1", user="U1", text="a &lt; b &amp; c", ts="1700000000.000100", thread_ts="1690000000.1")
    assert isinstance(outcome, Arrival)
    assert (outcome.text, outcome.provider_message_id) == ("a < b & c", "C1/1700000000.000100")
    assert (outcome.thread.provider_thread_id, outcome.reply_handle) == ("C1/1690000000.1", "C1")
    assert [handle.value for handle in outcome.sender.handles] == ["T1/U1"]


def test_slack_edits_and_deletions_are_updates() -> None:
    edited = slack(
        subtype="message_changed", channel="C1", message={"ts": "1.2", "text": "new"}, previous_message={"text": "old"}
    )
    deleted = slack(subtype="message_deleted", channel="C1", deleted_ts="1.2")
    assert isinstance(edited, Updated)
    assert (edited.change, edited.text, edited.of.provider_message_id) == (Change.EDITED, "new", "C1/1.2")
    assert isinstance(deleted, Updated)
    assert deleted.change is Change.DELETED


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "bot_message", "text": "x"},
        {"bot_id": "B1", "text": "x"},
        {"subtype": "channel_join", "text": "x"},
        {"type": "reaction_added"},
    ],
)
def test_bots_and_slacks_own_lines_are_ignored(event: dict[str, object]) -> None:
    assert isinstance(slack(**event), Ignored)


def test_slacks_handshake_is_ignored() -> None:
    assert only("slack", {"type": "url_verification", "challenge": "x"}) == Ignored("Slack's handshake")


def test_every_line_event_gets_its_verdict() -> None:
    outcomes = normalise("line", message("line/webhook.json"), DESK_DOOR)
    counted = {kind.__name__: sum(isinstance(one, kind) for one in outcomes) for kind in (Arrival, Updated, Ignored)}
    assert counted == {"Arrival": 15, "Updated": 2, "Ignored": 11}
    assert [one.change for one in outcomes if isinstance(one, Updated)] == [Change.DELETED, Change.EDITED]


def test_a_telegram_message_and_its_edit() -> None:
    said = {
        "message_id": 5,
        "date": 1700000000,
        "chat": {"id": 9, "type": "private"},
        "from": {"id": 9, "first_name": "Ana", "language_code": "bg"},
        "text": "Hi",
    }
    new, edit = (
        only("telegram", {"update_id": 1, "message": said}),
        only("telegram", {"update_id": 2, "edited_message": said}),
    )
    assert isinstance(new, Arrival)
    assert (new.provider_message_id, new.sender.locale) == ("9/5", "bg")
    assert isinstance(edit, Updated)
    assert edit.of.provider_message_id == "9/5"


def test_messenger_messages_receipts_and_echoes() -> None:
    def told(**event: object) -> Outcome:
        envelope = {"sender": {"id": "P1"}, "timestamp": 1700000000000, **event}
        return only("messenger", {"object": "page", "entry": [{"id": "1", "messaging": [envelope]}]})

    arrival = told(message={"mid": "m1", "text": "Hi"})
    assert isinstance(arrival, Arrival)
    assert arrival.can_reply_until == arrival.occurred_at + timedelta(hours=24)
    assert isinstance(told(delivery={"mids": ["m0"], "watermark": 1700000000000}), Receipt)
    assert isinstance(told(message={"mid": "m2", "is_echo": True}), Ignored)
    assert isinstance(told(reaction={"mid": "m1"}), Ignored)


def test_an_x_message_of_ours_is_an_echo() -> None:
    created = {"sender_id": "1", "message_data": {"text": "Hi"}}
    event = {"type": "message_create", "id": "7", "created_timestamp": "1700000000000", "message_create": created}
    assert isinstance(only("x", {"for_user_id": "1", "direct_message_events": [event]}), Ignored)
    assert isinstance(only("x", {"for_user_id": "2", "direct_message_events": [event]}), Arrival)


def test_asterisk_and_freeswitch_tell_of_calls() -> None:
    caller = {"id": "a1", "state": "Ring", "caller": {"number": "+14155550123", "name": "Ana"}}
    assert isinstance(only("asterisk", {"type": "StasisStart", "channel": caller}), Arrival)
    assert isinstance(only("asterisk", {"type": "ChannelDestroyed", "channel": caller}), Abandoned)
    record = {"uuid": "f1", "direction": "inbound", "caller_id_number": "+14155550123", "duration": "12"}
    missed, answered = {"variables": record}, {"variables": {**record, "answer_epoch": "1700000000"}}
    assert isinstance(only("freeswitch", missed), Abandoned)
    assert isinstance(only("freeswitch", answered), CallStateChanged)


@pytest.mark.parametrize("channel", sorted(CHANNELS))
@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"{}", b"7", b"\xff\xfe", b'{"a": ', b"[" * 5_000])
def test_what_is_no_body_of_that_provider_is_refused(channel: str, raw: bytes) -> None:
    (outcome,) = normalise(channel, raw, DESK_DOOR)
    assert isinstance(outcome, Refused)
    assert outcome.reason


def test_an_unknown_channel_is_refused() -> None:
    assert isinstance(normalise("pigeon", b"{}", DESK_DOOR)[0], Refused)


def test_a_line_end_after_a_form_body_is_no_part_of_its_last_field() -> None:
    body = b"CallSid=CA1&From=%2B12025550123&To=%2B12025550100&CallStatus=ringing"
    assert normalise("phone", body + b"\r\n", DESK_DOOR) == normalise("phone", body, DESK_DOOR)
