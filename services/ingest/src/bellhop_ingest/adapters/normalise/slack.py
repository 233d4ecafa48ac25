"""What does a Slack Events API callback say? Messages of people, edits and deletions; bots and the rest don't count."""

from collections.abc import Mapping
from datetime import datetime

from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.adapters.normalise.said import Line, Said, kept_elsewhere, known_as
from bellhop_ingest.adapters.normalise.texts import long_text
from bellhop_ingest.domain.arrival import Attachment
from bellhop_ingest.domain.channels import Channel, HandleKind
from bellhop_ingest.domain.deduplication import content_digest
from bellhop_ingest.domain.outcomes import Change, Ignored, Outcome, Updated, refused
from bellhop_ingest.domain.reception import Reception

_MESSAGES = frozenset({"message", "app_mention"})
# Subtypes in which a person says something; all others are Slack's own lines in the channel.
_SPOKEN = frozenset({"", "file_share", "thread_broadcast", "me_message", "reply_broadcast"})
_ENVELOPES: Mapping[str, str] = {
    "url_verification": "Slack's handshake",
    "app_rate_limited": "a notice of the provider's own: the app is rate limited",
}


def normalise_slack(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    kind = body["type"].text
    if kind in _ENVELOPES:
        return (Ignored(_ENVELOPES[kind]),)
    event = body["event"]
    if not event.is_object:
        return (refused("event", event.said, "an Events API callback's event"),)
    line = Line(Channel.SLACK, "slack", reception)
    if event["type"].text not in _MESSAGES:
        return (Ignored(f"no message: {event['type'].text or 'an event without a type'}"),)
    return (_message(event, body, line),)


def _message(event: Node, body: Node, line: Line) -> Outcome:
    subtype = event["subtype"].text
    if subtype == "message_changed":
        return _edited(event, line)
    if subtype == "message_deleted":
        meant = _id(event, event["deleted_ts"].id or event["previous_message"]["ts"].id, body)
        return Updated(line.origin(meant), Change.DELETED, event["event_ts"].instant(line.reception.received_at))
    if subtype == "bot_message" or event["bot_id"].text:
        return Ignored("a bot's message")
    if subtype not in _SPOKEN:
        return Ignored(f"a line of Slack's own: {subtype}")
    channel, ts = event["channel"].id, event["ts"].id
    workspace = event["team"].id or body["team_id"].id
    user = event["user"].id
    return line.arrival(
        Said(
            message_id=_id(event, ts, body),
            at=event["ts"].instant(line.reception.received_at),
            sender=known_as(
                HandleKind.SLACK, f"{workspace}/{user}" if workspace and user else user, event["username"].short
            ),
            text=_text(event),
            attachments=tuple(_file(one) for one in event["files"].each()),
            thread_id="/".join(part for part in (channel, event["thread_ts"].id or ts) if part) or None,
            reply_handle=channel or None,
        )
    )


def _edited(event: Node, line: Line) -> Outcome:
    """Slack also sends this for an unfurled link or a grown thread, when no text has changed."""
    message, before = event["message"], event["previous_message"]
    if message["bot_id"].text or message["subtype"].text == "bot_message":
        return Ignored("a bot's message")
    if message["subtype"].text == "tombstone":
        return Updated(line.origin(_id(event, message["ts"].id, event)), Change.DELETED, _at(event, line))
    if before["text"].text and before["text"].text == message["text"].text and not message["edited"]:
        return Ignored("a message whose text hasn't changed")
    origin = line.origin(_id(event, message["ts"].id, event))
    return Updated(origin, Change.EDITED, _at(event, line), long_text(_text(message)))


def _at(event: Node, line: Line) -> datetime:
    return event["event_ts"].instant(line.reception.received_at)


def _id(event: Node, ts: str, body: Node) -> str:
    """A timestamp names a message within its channel only."""
    parts = [part for part in (event["channel"].id, ts) if part]
    return "/".join(parts) or event["client_msg_id"].id or body["event_id"].id or content_digest(repr(event.value))


def _text(message: Node) -> str:
    """Slack escapes exactly three characters."""
    said = message["text"].text or "\n".join(filter(None, (_block(block) for block in message["blocks"].each())))
    shown = said or "\n".join(one["fallback"].text or one["text"].text for one in message["attachments"].each())
    shown = shown.strip() or ("[message without text]" if message["blocks"] or message["attachments"] else "")
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _block(block: Node) -> str:
    own = block["text"].text or block["text"]["text"].text
    inner = (_block(one) for one in block["elements"].each())
    return own or " ".join(filter(None, inner))


def _file(one: Node) -> Attachment:
    ref = one["url_private"].id or f"slack:{one['id'].id}"
    return kept_elsewhere(one["name"].short or one["title"].short, one["mimetype"].short, ref, one["size"].count)
