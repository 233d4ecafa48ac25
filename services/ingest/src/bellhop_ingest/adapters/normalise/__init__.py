"""What would ingest make of these bytes? One pure function per channel, from a provider's body to outcomes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bellhop_ingest.adapters.languages import detect_language
from bellhop_ingest.adapters.normalise.asterisk import normalise_asterisk
from bellhop_ingest.adapters.normalise.bodies import read_form_or_json, read_json, read_json_object
from bellhop_ingest.adapters.normalise.chat import normalise_chat
from bellhop_ingest.adapters.normalise.email import normalise_email
from bellhop_ingest.adapters.normalise.event import normalise_event
from bellhop_ingest.adapters.normalise.fitting import fitted
from bellhop_ingest.adapters.normalise.form import normalise_form
from bellhop_ingest.adapters.normalise.freeswitch import normalise_freeswitch
from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.line import normalise_line
from bellhop_ingest.adapters.normalise.meta_messaging import normalise_instagram, normalise_messenger
from bellhop_ingest.adapters.normalise.phone import normalise_phone
from bellhop_ingest.adapters.normalise.slack import normalise_slack
from bellhop_ingest.adapters.normalise.sms import normalise_sms
from bellhop_ingest.adapters.normalise.telegram import normalise_telegram
from bellhop_ingest.adapters.normalise.walk_in import normalise_walk_in
from bellhop_ingest.adapters.normalise.whatsapp import normalise_whatsapp
from bellhop_ingest.adapters.normalise.x import normalise_x
from bellhop_ingest.domain.arrival import Arrival
from bellhop_ingest.domain.outcomes import Outcome, Parked, Refused, refused
from bellhop_ingest.domain.reception import Reception

Reader = Callable[[bytes], Node | Refused]
Normaliser = Callable[[Node, Reception], tuple[Outcome, ...]]

CHANNELS: Final[Mapping[str, tuple[Reader, Normaliser]]] = {
    "asterisk": (read_json_object, normalise_asterisk),
    "chat": (read_json_object, normalise_chat),
    "event": (read_json, normalise_event),
    "form": (read_form_or_json, normalise_form),
    "freeswitch": (read_form_or_json, normalise_freeswitch),
    "instagram": (read_json_object, normalise_instagram),
    "line": (read_json_object, normalise_line),
    "messenger": (read_json_object, normalise_messenger),
    "phone": (read_form_or_json, normalise_phone),
    "slack": (read_json_object, normalise_slack),
    "sms": (read_form_or_json, normalise_sms),
    "telegram": (read_json_object, normalise_telegram),
    "walk_in": (read_form_or_json, normalise_walk_in),
    "whatsapp": (read_json_object, normalise_whatsapp),
    "x": (read_json_object, normalise_x),
}
EMAIL: Final = "email"


def normalise(channel: str, raw: bytes, reception: Reception) -> tuple[Outcome, ...]:
    """At least one outcome, never an exception. Mail from outside belongs into `ParserPool`: this may take long."""
    if channel == EMAIL:
        return _finished(normalise_email(raw, reception))
    if channel not in CHANNELS:
        return (refused("channel", repr(channel[:40]), f"one of {EMAIL}, {', '.join(CHANNELS)}"),)
    if len(raw) > reception.max_body_bytes:
        return (refused("body", f"{len(raw)} bytes", f"at most {reception.max_body_bytes}"),)
    read, translate = CHANNELS[channel]
    body = read(raw)
    return (body,) if isinstance(body, Refused) else _finished(translate(body, reception))


def _finished(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    return tuple(fitted(one) for one in with_language(outcomes))


def with_language(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    return tuple(_spoken(one) for one in outcomes)


def _spoken(outcome: Outcome) -> Outcome:
    match outcome:
        case Arrival(language=None, reply_text=text):
            return replace(outcome, language=detect_language(text))
        case Parked(arrival=Arrival(language=None, reply_text=text) as arrival):
            return replace(outcome, arrival=replace(arrival, language=detect_language(text)))
        case _:
            return outcome
