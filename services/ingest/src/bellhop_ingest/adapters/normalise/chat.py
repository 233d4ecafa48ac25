"""What did the chat widget send? A message, or a sign that the visitor types, has read or has gone."""

from bellhop_ingest.adapters.normalise.form import is_address
from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said
from bellhop_ingest.adapters.normalise.texts import long_text
from bellhop_ingest.domain.arrival import CallStage, Handle, Sender
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.languages import language_tag
from bellhop_ingest.domain.outcomes import Abandoned, Change, Ignored, Outcome, Updated, refused
from bellhop_ingest.domain.reception import Reception

PROVIDER = "chat"
LONGEST_MESSAGE = 10_000
_SIGNS = frozenset({"typing", "typing_start", "typing_stop", "seen", "read", "ping", "pong", "hello", "resume", "ack"})
_GONE = frozenset({"close", "closed", "leave", "left", "bye", "disconnect", "end"})


def normalise_chat(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    kind, line = body["type"].text.casefold() or "message", Line(Channel.CHAT, PROVIDER, reception)
    visitor = _visitor(body)
    if kind in _SIGNS:
        return (Ignored(f"nothing was said: {kind}"),)
    if not visitor:
        return (refused("session", "nothing", "the id of the visitor's session"),)
    if kind in _GONE:
        at = body.any_of("at", "sent_at", "timestamp").instant(reception.received_at)
        return (Abandoned(line.origin(visitor), CallStage.CHAT, at, sender=_sender(body)),)
    if kind not in {"message", "text", "edit", "delete"}:
        return (refused("type", body["type"].said, "message, typing, edit, delete or close"),)
    return (_message(body, kind, line),)


def _message(body: Node, kind: str, line: Line) -> Outcome:
    said, message_id = body.any_of("text", "message", "body", "content"), _id(body)
    text = said.text or said["text"].text
    at = body.any_of("at", "sent_at", "timestamp").instant(line.reception.received_at)
    if not message_id:
        return refused("id", body["id"].said, "the client's own id of the message")
    if kind == "delete":
        return Updated(line.origin(message_id), Change.DELETED, at)
    if not text.strip() or len(text) > LONGEST_MESSAGE:
        return refused("text", f"{len(text)} characters" if text else "nothing", f"1 to {LONGEST_MESSAGE} characters")
    if kind == "edit":
        return Updated(line.origin(message_id), Change.EDITED, at, long_text(text))
    return line.arrival(Said(message_id, at, _sender(body), text, thread_id=_visitor(body)))


def _id(body: Node) -> str:
    """Unique within the visitor's session only, so the session is part of it."""
    own = body.any_of("id", "client_id", "message_id", "client_message_id").id
    return f"{_visitor(body)}/{own}" if own else ""


def _visitor(body: Node) -> str:
    person = body["visitor"]
    named = person["id"].id or person["session"].id or person.id
    return named or body.any_of("session", "session_id", "visitor_id", "conversation", "conversation_id").id


def _sender(body: Node) -> Sender:
    """What a visitor types about themselves is believed to be said, not to be true."""
    person = body["visitor"] if body["visitor"].is_object else body
    email = person["email"].text.strip().casefold()
    handles = (Handle(HandleKind.CHAT, _visitor(body)), Handle(HandleKind.EMAIL, email if is_address(email) else ""))
    return Sender(
        tuple(handle for handle in handles if handle.value),
        name=person["name"].short,
        locale=language_tag(person["locale"].text or body["locale"].text),
    )
