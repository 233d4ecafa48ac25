"""What does a FreeSWITCH `json_cdr` record tell? A call that is over: answered, or missed."""

from datetime import timedelta

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line
from bellhop_ingest.adapters.phone_numbers import e164, is_withheld
from bellhop_ingest.domain.arrival import Call, CallStage, Handle, Sender
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.outcomes import Abandoned, CallState, CallStateChanged, Ignored, Outcome, refused
from bellhop_ingest.domain.reception import Reception


def normalise_freeswitch(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    variables, line = body["variables"], Line(Channel.PHONE, "freeswitch", reception)
    call_id = variables["uuid"].id or body["core-uuid"].id
    if not variables.is_object or not call_id:
        return (refused("variables.uuid", variables["uuid"].said, "a json_cdr record"),)
    if variables["direction"].text == "outbound":
        return (Ignored("the agent's leg of a call"),)
    ended = variables["end_epoch"].instant(reception.received_at)
    if variables["answer_epoch"].count > 0 and variables["cc_cancel_reason"].text == "":
        return (CallStateChanged(line.origin(call_id), CallState.ENDED, ended),)
    given = variables["caller_id_number"].text or body["callflow"].first()["caller_profile"]["caller_id_number"].text
    number = e164(given, reception.region)
    stage = CallStage.QUEUE if variables["cc_queue"].text else CallStage.RINGING
    waited = timedelta(seconds=variables["duration"].count)
    sender = Sender((Handle(HandleKind.PHONE, number),) if number else (), variables["caller_id_name"].short)
    call = Call(number, withheld=is_withheld(given), stage=stage)
    return (Abandoned(line.origin(call_id), stage, ended, waited, sender=sender, call=call),)
