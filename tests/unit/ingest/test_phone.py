"""What becomes of a call in each of Twilio's states?"""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bellhop_ingest.adapters.normalise import normalise
from bellhop_ingest.domain.arrival import Arrival, CallStage
from bellhop_ingest.domain.outcomes import Abandoned, CallState, CallStateChanged, Change, Outcome, Refused, Updated
from support.ingest_messages import DESK_DOOR, received

CALL = {"CallSid": "CA1", "From": "+14155550123", "To": "+14155550100", "Direction": "inbound"}


def body(**fields: str) -> bytes:
    return urlencode({**CALL, **fields}).encode()


def told(**fields: str) -> Outcome:
    (outcome,) = normalise("phone", body(**fields), DESK_DOOR)
    return outcome


def test_a_ringing_call_is_a_contact() -> None:
    arrival = received(normalise("phone", body(CallStatus="ringing", CallerName="ANA"), DESK_DOOR))
    assert arrival.call is not None
    assert (arrival.call.from_number, arrival.call.withheld, arrival.call.stage) == (
        "+14155550123",
        False,
        CallStage.RINGING,
    )
    assert arrival.sender.name == "ANA"


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "Restricted", ""])
def test_a_withheld_number_is_no_handle(number: str) -> None:
    arrival = received(normalise("phone", body(CallStatus="ringing", From=number), DESK_DOOR))
    assert arrival.sender.handles == ()
    assert arrival.call is not None
    assert arrival.call.withheld


@pytest.mark.parametrize(("status", "state"), [("in-progress", CallState.CONNECTED), ("completed", CallState.ENDED)])
def test_a_calls_progress_is_a_call_state(status: str, state: CallState) -> None:
    outcome = told(CallStatus=status)
    assert isinstance(outcome, CallStateChanged)
    assert outcome.state is state


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled"])
def test_a_call_that_nobody_took_is_abandoned_while_ringing(status: str) -> None:
    outcome = told(CallStatus=status)
    assert isinstance(outcome, Abandoned)
    assert outcome.stage is CallStage.RINGING
    assert [handle.value for handle in outcome.sender.handles] == ["+14155550123"]


def test_a_hang_up_in_the_queue_says_how_long_they_waited() -> None:
    outcome = told(CallStatus="completed", QueueResult="hangup", QueueTime="42")
    assert isinstance(outcome, Abandoned)
    assert (outcome.stage, outcome.waited, outcome.short) == (CallStage.QUEUE, timedelta(seconds=42), False)


def test_an_agents_phone_that_nobody_picks_up() -> None:
    outcome = told(CallStatus="in-progress", DialCallStatus="no-answer")
    assert isinstance(outcome, CallStateChanged)
    assert outcome.state is CallState.AGENT_NO_ANSWER


def test_a_voicemail_is_a_message_and_its_transcript_an_update() -> None:
    recording = {"RecordingSid": "RE1", "RecordingUrl": "https://api.twilio.com/RE1", "RecordingDuration": "9"}
    arrival = received(normalise("phone", body(CallStatus="completed", **recording), DESK_DOOR))
    assert arrival.attachments[0].ref == "https://api.twilio.com/RE1"
    outcome = told(**recording, TranscriptionStatus="completed", TranscriptionText="Please call me")
    assert isinstance(outcome, Updated)
    assert (outcome.of.provider_message_id, outcome.change, outcome.text) == ("RE1", Change.EDITED, "Please call me")


def test_a_body_without_a_call_is_refused() -> None:
    (outcome,) = normalise("phone", b"a=b", DESK_DOOR)
    assert isinstance(outcome, Refused)


def test_an_sms_and_its_receipt() -> None:
    arrival = received(
        normalise("sms", urlencode({"MessageSid": "SM1", "From": "+14155550123", "Body": "Hi"}).encode(), DESK_DOOR)
    )
    assert isinstance(arrival, Arrival)
    assert arrival.text == "Hi"
