"""What became of a WhatsApp voice call?"""

from collections.abc import Iterator
from datetime import timedelta

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.phone_numbers import e164
from bellhop_ingest.domain.arrival import Arrival, Authentication, Call, CallStage, Handle, Sender
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.outcomes import Abandoned, CallState, CallStateChanged, Ignored, Origin, Outcome
from bellhop_ingest.domain.reception import Reception

PROVIDER = "whatsapp"


def calls(value: Node, sender: Sender, reception: Reception) -> Iterator[Outcome]:
    for call in value["calls"].each():
        yield _call(call, sender if sender.handles else _caller(call), reception)
    for status in value["statuses"].each():
        yield call_status(status, reception)


def call_status(status: Node, reception: Reception) -> Outcome:
    """Of a call that we make to the customer."""
    states = {
        "RINGING": CallState.RINGING_AGENT,
        "ACCEPTED": CallState.CONNECTED,
        "REJECTED": CallState.AGENT_NO_ANSWER,
    }
    state = states.get(status["status"].text.upper())
    if state is None:
        return Ignored(f"a call status of no consequence: {status['status'].said}")
    return CallStateChanged(_origin(status, reception), state, status["timestamp"].instant(reception.received_at))


def _call(call: Node, sender: Sender, reception: Reception) -> Outcome:
    at = call["timestamp"].instant(reception.received_at)
    event, ours = call["event"].text, call["direction"].text == "BUSINESS_INITIATED"
    if event == "terminate":
        return _terminated(call, sender, reception)
    if event == "connect" and ours:
        return CallStateChanged(_origin(call, reception), CallState.RINGING_AGENT, at)
    if event == "connect":
        return Arrival(
            channel=Channel.WHATSAPP,
            entry_point=reception.entry_point,
            provider=PROVIDER,
            provider_message_id=call["id"].id,
            occurred_at=at,
            sender=sender,
            text="",
            reply_text="",
            digest=content_digest("call", call["id"].id),
            call=Call(e164("+" + call["from"].text), stage=CallStage.RINGING),
            authentication=Authentication("provider", "pass"),
        )
    return Ignored(f"a call event of no consequence: {call['event'].said}")


def _terminated(call: Node, sender: Sender, reception: Reception) -> Outcome:
    origin, at = _origin(call, reception), call["timestamp"].instant(reception.received_at)
    answered = call["status"].text.upper() == "COMPLETED" or call["duration"].count > 0
    if answered or call["direction"].text == "BUSINESS_INITIATED":
        return CallStateChanged(origin, CallState.ENDED, at)
    waited = max(call["end_time"].count - call["start_time"].count, 0) if "start_time" in call else 0
    return Abandoned(origin, CallStage.RINGING, at, timedelta(seconds=waited), sender=sender)


def _caller(call: Node) -> Sender:
    number = call["from"].id
    return Sender((Handle(HandleKind.WHATSAPP, number, verified=True),)) if number else Sender()


def _origin(call: Node, reception: Reception) -> Origin:
    return Origin(Channel.WHATSAPP, reception.entry_point, PROVIDER, call["id"].id)
