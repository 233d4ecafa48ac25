"""What does an Asterisk ARI event say about a caller's channel?"""

from datetime import datetime

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line
from bellhop_ingest.adapters.phone_numbers import e164, is_withheld
from bellhop_ingest.domain.arrival import Arrival, Authentication, Call, CallStage, Handle, Sender, Thread
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.outcomes import Abandoned, CallState, CallStateChanged, Ignored, Outcome, refused
from bellhop_ingest.domain.reception import Reception

_NEVER_UP = frozenset({"Ring", "Ringing", "Down", "Rsrvd", "Dialing"})


def normalise_asterisk(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    kind, channel, line = body["type"].text, body["channel"], Line(Channel.PHONE, "asterisk", reception)
    if not kind:
        return (refused("type", body["type"].said, "an ARI event"),)
    if not channel["id"].id:
        return (Ignored(f"nothing about a caller: {kind}"),)
    at = _instant(body, reception)
    origin = line.origin(channel["id"].id)
    if kind == "StasisStart":
        return (_offered(channel, line, at),)
    if kind == "ChannelStateChange" and channel["state"].text == "Up":
        return (CallStateChanged(origin, CallState.CONNECTED, at),)
    if kind in {"ChannelDestroyed", "ChannelHangupRequest"}:
        if channel["state"].text in _NEVER_UP:
            call, sender = _call(channel, line), _sender(channel, line)
            return (Abandoned(origin, CallStage.RINGING, at, sender=sender, call=call),)
        return (CallStateChanged(origin, CallState.ENDED, at),)
    return (Ignored(f"of no consequence for the contact: {kind}"),)


def _offered(channel: Node, line: Line, at: datetime) -> Arrival:
    call_id = channel["id"].id
    return Arrival(
        channel=Channel.PHONE,
        entry_point=line.reception.entry_point,
        provider=line.provider,
        provider_message_id=call_id,
        occurred_at=at,
        sender=_sender(channel, line),
        text="",
        reply_text="",
        digest=content_digest("call", call_id),
        thread=Thread(provider_thread_id=call_id, message_id=call_id),
        call=_call(channel, line),
        authentication=Authentication("provider", "pass"),
    )


def _call(channel: Node, line: Line) -> Call:
    given = channel["caller"]["number"].text
    return Call(e164(given, line.reception.region), withheld=is_withheld(given), stage=CallStage.RINGING)


def _sender(channel: Node, line: Line) -> Sender:
    number = e164(channel["caller"]["number"].text, line.reception.region)
    return Sender((Handle(HandleKind.PHONE, number),) if number else (), channel["caller"]["name"].short)


def _instant(body: Node, reception: Reception) -> datetime:
    """ARI writes the zone without a colon."""
    text = body["timestamp"].text
    return Node(f"{text[:-2]}:{text[-2:]}" if text[-5:-4] in {"+", "-"} else text).instant(reception.received_at)
