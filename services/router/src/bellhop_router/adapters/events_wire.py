"""How do the router's events look on the wire? One table from domain event to message, one row to topic and key."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Final

from bellhop_common.events import agents, topics, work
from bellhop_common.events.commands import AgentNotify, Presence
from bellhop_common.events.desks import DeskApplied as DeskAppliedMessage
from bellhop_common.events.desks import DeskFile
from bellhop_common.events.topics import Topic
from bellhop_common.events.wire import Channel, Message
from bellhop_common.postgres.outbox import Outgoing
from bellhop_router.domain import events as e
from bellhop_router.domain.queues import EPOCH, MICROSECOND

WORK: Final[Mapping[type[e.WorkEvent], type[Message]]] = {
    e.Queued: work.WorkQueued,
    e.Offered: work.WorkOffered,
    e.OfferAccepted: work.WorkOfferAccepted,
    e.OfferDeclined: work.WorkOfferDeclined,
    e.OfferExpired: work.WorkOfferExpired,
    e.OfferRescinded: work.WorkOfferRescinded,
    e.Assigned: work.WorkAssigned,
    e.AssignmentEnded: work.WorkAssignmentEnded,
    e.WrapUpStarted: work.WorkWrapUpStarted,
    e.WrapUpEnded: work.WorkWrapUpEnded,
    e.Pended: work.WorkPended,
    e.Resumed: work.WorkResumed,
    e.Replied: work.WorkReplied,
    e.ReplyFailed: work.WorkReplyFailed,
    e.Noted: work.WorkNoted,
    e.Transferred: work.WorkTransferred,
    e.Escalated: work.WorkEscalated,
    e.Requeued: work.WorkRequeued,
    e.Promised: work.WorkPromised,
    e.PromiseKept: work.WorkPromiseKept,
    e.ThreatReported: work.WorkThreatReported,
    e.PrioritySet: work.WorkPrioritySet,
    e.ContactAdded: work.WorkContactAdded,
    e.Flagged: work.WorkFlagged,
    e.Abandoned: work.WorkAbandoned,
    e.Resolved: work.WorkResolved,
    e.Reopened: work.WorkReopened,
}

# Parts of a domain event whose fields stand at the top of the message.
Spread = e.About | e.Placed | e.ContactFacts | e.ReplyText
FIELDS: Final[Mapping[type, tuple[str, ...]]] = {
    each: tuple(field.name for field in fields(each))
    for each in (*WORK, e.About, e.Placed, e.ContactFacts, e.ReplyText)
}


def encode(event: e.RouterEvent, prefix: str) -> Outgoing:
    match event:
        case e.WorkEvent():
            return _work(event, prefix)
        case e.Rejected():
            return _rejected(event, prefix)
        case e.AgentChanged():
            return _agent(event, prefix)
        case e.QueueChanged():
            return _queue(event, prefix)
        case e.DeskApplied():
            return _desk(event, prefix)


def message_of(event: e.WorkEvent) -> Message:
    return WORK[type(event)].model_validate(dict(_spread(event)), from_attributes=True)


def agent_state(event: e.AgentChanged) -> agents.AgentState:
    agent, profile = event.agent, event.agent.profile
    return agents.AgentState(
        version=agent.version,
        agent_id=agent.id,
        display_name=profile.display_name,
        public_name=dict(profile.public_name),
        team=profile.team,
        tier=profile.tier,
        skills=dict(profile.skills),
        languages=dict(profile.languages),
        channels=tuple(Channel(channel) for channel in profile.channels),
        capacity=profile.capacity,
        notify=AgentNotify(email=profile.email, chat=profile.chat),
        phone=profile.phone,
        presence=Presence(agent.presence.value),
        reason=agent.reason,
        since=agent.since or event.at,
        used=agent.used,
        spare=agent.spare,
        per_channel={Channel(each): agent.count(each) for each in profile.channels if agent.count(each)},
        lease_until=agent.lease_until,
    )


def _spread(part: Spread | e.WorkEvent) -> Iterator[tuple[str, object]]:
    for name in FIELDS[type(part)]:
        value = getattr(part, name)
        if isinstance(value, Spread):
            yield from _spread(value)
        else:
            yield name, value


def _work(event: e.WorkEvent, prefix: str) -> Outgoing:
    body, about = message_of(event), event.about
    return Outgoing(
        topic=topics.WORK.full(prefix),
        key=str(about.conversation_id),
        type=body.type_name,
        body=_json(body),
        desk=about.desk,
        desk_version=about.desk_version,
        sequenced=True,
        ordered=True,
    )


def _rejected(event: e.Rejected, prefix: str) -> Outgoing:
    told = work.WorkRejected(command_id=event.command_id, code=event.code, detail=event.detail[:1_000])
    moment = (event.at - EPOCH) // MICROSECOND
    return _state(topics.WORK_REJECTED, prefix, event, (event.key, told, f"{event.command_id}/{moment}"))


def _agent(event: e.AgentChanged, prefix: str) -> Outgoing:
    """Ordered, so that presence and skills at a decision can be looked up."""
    state = agent_state(event)
    outgoing = _state(topics.AGENT, prefix, event, (event.agent.id, state, f"{event.agent.id}/{state.version}"))
    return replace(outgoing, ordered=True)


def _queue(event: e.QueueChanged, prefix: str) -> Outgoing:
    state = agents.QueueState.model_validate(event, from_attributes=True)
    key = f"{event.desk}/{event.queue}"
    return _state(topics.QUEUE, prefix, event, (key, state, f"{key}/{event.version}"))


def _desk(event: e.DeskApplied, prefix: str) -> Outgoing:
    file = DeskFile.model_validate_json(event.source)
    body = DeskAppliedMessage.model_validate({**file.model_dump(), "version": event.version})
    key = f"{event.desk}/{event.version}"
    return Outgoing(
        topic=topics.DESK.full(prefix),
        key=key,
        type=body.type_name,
        body=_json(body),
        desk=event.desk,
        desk_version=event.version,
        natural=f"{body.type_name}/{key}",
    )


def _state(
    topic: Topic, prefix: str, event: e.Rejected | e.AgentChanged | e.QueueChanged, said: tuple[str, Message, str]
) -> Outgoing:
    key, body, natural = said
    return Outgoing(
        topic=topic.full(prefix),
        key=key,
        type=body.type_name,
        body=_json(body),
        desk=event.desk,
        desk_version=event.desk_version,
        natural=f"{body.type_name}/{natural}",
    )


def _json(body: Message) -> dict[str, object]:
    return body.model_dump(mode="json", by_alias=True)
