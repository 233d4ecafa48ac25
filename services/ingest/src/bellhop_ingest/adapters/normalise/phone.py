"""What became of a phone call? Twilio Voice webhooks: from the first ring to a recording's transcript."""

from datetime import datetime, timedelta

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said, kept_elsewhere
from bellhop_ingest.adapters.normalise.texts import long_text
from bellhop_ingest.adapters.phone_numbers import e164, is_withheld
from bellhop_ingest.domain.arrival import Arrival, Authentication, Call, CallStage, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.outcomes import (
    Abandoned,
    CallState,
    CallStateChanged,
    Change,
    Ignored,
    Outcome,
    Updated,
    refused,
)
from bellhop_ingest.domain.reception import Reception

PROVIDER = "twilio"
SHORT_CALL = timedelta(seconds=5)

_OFFERED = frozenset({"queued", "initiated", "ringing"})
_MISSED = frozenset({"no-answer", "busy", "failed", "canceled", "cancelled"})
_LEFT_QUEUE = frozenset({"hangup", "error", "system-error", "queue-full"})


def normalise_phone(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    line = Line(Channel.PHONE, PROVIDER, reception)
    call_sid = body["CallSid"].id
    if not call_sid:
        return (refused("CallSid", body["CallSid"].said, "the call's id"),)
    return (_recorded(body, line) or _queued(body, line) or _dialled(body, line) or _progress(body, line),)


def _recorded(body: Node, line: Line) -> Outcome | None:
    """A voicemail is a message of its own; its transcript comes later and fills in the words."""
    recording = body["RecordingSid"].id
    if not recording:
        return None
    at = _at(body, line)
    if "TranscriptionStatus" in body and body["TranscriptionStatus"].text != "completed":
        return Ignored("a transcription that failed")
    if "TranscriptionText" in body:
        return Updated(line.origin(recording), Change.EDITED, at, long_text(body["TranscriptionText"].text))
    if not body["RecordingUrl"].text or body["RecordingDuration"].text == "0":
        return Ignored("a recording without content")
    file = kept_elsewhere(f"{recording}.wav", "audio/x-wav", body["RecordingUrl"].id)
    return line.arrival(Said(recording, at, _sender(body, line), "", (file,), thread_id=body["CallSid"].id))


def _queued(body: Node, line: Line) -> Outcome | None:
    result = body["QueueResult"].text
    if not result:
        return None
    if result in _LEFT_QUEUE:
        return _abandoned(body, line, CallStage.QUEUE, timedelta(seconds=body["QueueTime"].count))
    if result == "bridged":
        return CallStateChanged(line.origin(body["CallSid"].id), CallState.CONNECTED, _at(body, line))
    return Ignored(f"the call left the queue: {result}")


def _dialled(body: Node, line: Line) -> Outcome | None:
    """The leg from the caller to an agent."""
    status = body["DialCallStatus"].text
    if not status:
        return None
    if status in {"canceled", "cancelled"}:
        return _abandoned(body, line, CallStage.RINGING, timedelta(0))
    states = {"completed": CallState.ENDED, "answered": CallState.CONNECTED}
    state = states.get(status, CallState.AGENT_NO_ANSWER)
    return CallStateChanged(line.origin(body["CallSid"].id), state, _at(body, line))


def _progress(body: Node, line: Line) -> Outcome:
    status, origin, at = body["CallStatus"].text, line.origin(body["CallSid"].id), _at(body, line)
    inbound = not body["Direction"].text.startswith("outbound")
    if status in _OFFERED:
        return _offered(body, line) if inbound else CallStateChanged(origin, CallState.RINGING_AGENT, at)
    if status in {"in-progress", "answered"}:
        return CallStateChanged(origin, CallState.CONNECTED, at)
    if status == "completed":
        return CallStateChanged(origin, CallState.ENDED, at)
    if status not in _MISSED:
        return refused("CallStatus", body["CallStatus"].said, "a status of Twilio Voice")
    if inbound:
        return _abandoned(body, line, CallStage.RINGING, timedelta(seconds=body["CallDuration"].count))
    return CallStateChanged(origin, CallState.AGENT_NO_ANSWER, at)


def _offered(body: Node, line: Line) -> Arrival:
    call_sid = body["CallSid"].id
    return Arrival(
        channel=Channel.PHONE,
        entry_point=line.reception.entry_point,
        provider=PROVIDER,
        provider_message_id=call_sid,
        occurred_at=_at(body, line),
        sender=_sender(body, line),
        text="",
        reply_text="",
        digest=content_digest("call", call_sid),
        thread=Thread(provider_thread_id=call_sid, message_id=call_sid),
        call=_call(body, line, CallStage.RINGING),
        authentication=Authentication("provider", "pass"),
    )


def _abandoned(body: Node, line: Line, stage: CallStage, waited: timedelta) -> Abandoned:
    return Abandoned(
        of=line.origin(body["CallSid"].id),
        stage=stage,
        occurred_at=_at(body, line),
        waited=waited,
        short=stage is CallStage.QUEUE and waited < SHORT_CALL,
        sender=_sender(body, line),
        call=_call(body, line, stage),
    )


def _call(body: Node, line: Line, stage: CallStage) -> Call:
    given = body["From"].text
    return Call(e164(given, line.reception.region), withheld=is_withheld(given), stage=stage)


def _sender(body: Node, line: Line) -> Sender:
    """A number on a display can be forged, so it is known, not verified."""
    given, name = body["From"].text, body["CallerName"].short
    number = e164(given, line.reception.region)
    if number is None and not is_withheld(given):
        number = given.removeprefix("client:") or None
    return Sender((Handle(HandleKind.PHONE, number),) if number else (), name)


def _at(body: Node, line: Line) -> datetime:
    return body["Timestamp"].instant(line.reception.received_at)
