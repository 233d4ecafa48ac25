"""What does an X Account Activity webhook say? Direct messages to us; posts and likes aren't messages. Experimental."""

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said, kept_elsewhere, known_as
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.outcomes import Ignored, Outcome, refused
from bellhop_ingest.domain.reception import Reception

_MILLISECONDS = 0.001


def normalise_x(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    line, us = Line(Channel.X, "x", reception), body["for_user_id"].id
    if not us:
        return (refused("for_user_id", body["for_user_id"].said, "an Account Activity webhook"),)
    events = [_message(event, body, line) for event in body["direct_message_events"].each()]
    other = next((name for name, value in body.items() if value.is_list), "an empty webhook")
    return tuple(events) or (Ignored(f"no direct message: {other}"),)


def _message(event: Node, body: Node, line: Line) -> Outcome:
    created, sender = event["message_create"], event["message_create"]["sender_id"].id
    if event["type"].text != "message_create":
        return Ignored(f"no direct message: {event['type'].said}")
    if sender == body["for_user_id"].id:
        return Ignored("an echo of our own message")
    data = created["message_data"]
    media = data["attachment"]["media"]
    files = (kept_elsewhere("media", None, media["media_url_https"].id),) if media else ()
    person = body["users"][sender]
    return line.arrival(
        Said(
            message_id=event["id"].id,
            at=event["created_timestamp"].instant(line.reception.received_at, _MILLISECONDS),
            sender=known_as(HandleKind.X, sender, person["name"].short or person["screen_name"].short),
            text=data["text"].text,
            attachments=files,
        )
    )
