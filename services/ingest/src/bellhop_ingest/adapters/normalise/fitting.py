"""Do the names that strangers give fit into an event? What is longer than any real one is cut."""

from dataclasses import replace

from bellhop_ingest.adapters.normalise.texts import MAX_ID
from bellhop_ingest.domain.arrival import Arrival, Sender
from bellhop_ingest.domain.outcomes import Abandoned, Outcome, Parked


def fitted(outcome: Outcome) -> Outcome:
    match outcome:
        case Arrival():
            return _arrival(outcome)
        case Parked(arrival=arrival):
            return replace(outcome, arrival=_arrival(arrival))
        case Abandoned(sender=sender):
            return replace(outcome, sender=_sender(sender))
        case _:
            return outcome


def _arrival(arrival: Arrival) -> Arrival:
    return replace(
        arrival,
        provider_message_id=arrival.provider_message_id[:MAX_ID],
        sender=_sender(arrival.sender),
        attachments=tuple(
            one if one.ref is None else replace(one, ref=one.ref[:MAX_ID]) for one in arrival.attachments
        ),
        reply_handle=None if arrival.reply_handle is None else arrival.reply_handle[:MAX_ID],
    )


def _sender(sender: Sender) -> Sender:
    return replace(sender, handles=tuple(replace(one, value=one.value[:MAX_ID]) for one in sender.handles))
