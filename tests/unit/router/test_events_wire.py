"""Does every event of the router fit its message, its topic and its key?"""

from dataclasses import replace
from datetime import timedelta
from typing import get_args
from uuid import UUID

import pytest

from bellhop_common.events import topics
from bellhop_common.events.desks import DeskApplied
from bellhop_router.adapters.desk_file import read
from bellhop_router.adapters.events_wire import WORK, encode
from bellhop_router.adapters.policies import policy_of, roster_of
from bellhop_router.domain import events as e
from bellhop_router.domain.agents import Presence
from bellhop_router.domain.inputs import (
    ApplyDesk,
    Claim,
    ClockAction,
    ClockFired,
    ContactAbandoned,
    Flag,
    KeepPromise,
    Note,
    NoticeLost,
    Pend,
    Promise,
    Reply,
    ReportThreat,
    Requeue,
    Resolve,
    Resume,
    SetPriority,
    Transfer,
)
from bellhop_router.domain.names import Actor
from support.router_stage import EXAMPLE
from support.routing import ANA, BILLING, NOON, PHONE, Play, contact, conversation_id, reply_id

AS_ANA = Actor("agent", ANA)


def everything() -> Play:
    """One play in which each kind of event is said."""
    play = Play.opened(present="ana ben")
    play.feed(contact(1))
    play.decline(1)
    play.accept(1)
    play.feed(contact(2, PHONE))
    play.wait(20)
    play.feed(ContactAbandoned("main", conversation_id(2)))
    play.feed(contact(3))
    play.work(3, Claim(ANA), AS_ANA)
    promise = UUID(int=5)
    asks = (
        Reply(reply_id(1), e.ReplyText("Hello", cc=("x@example.com",))),
        Note("seen"),
        Promise(promise, NOON + timedelta(hours=1), "will call"),
        KeepPromise(promise),
        ReportThreat("legal"),
        Flag("difficult", on=True),
        SetPriority(90),
        Pend("customer", NOON + timedelta(hours=1)),
        Resume(),
        Requeue(),
    )
    for ask in asks:
        play.work(3, ask, AS_ANA)
    play.feed(NoticeLost(conversation_id(3), reply_id(1), "mailbox-full"))
    play.work(3, Transfer("theirs", queue=BILLING), Actor("supervisor", "sofia"))
    item = play.item(3)
    play.feed(ClockFired(item.conversation_id, item.id, item.cycle, item.tier, "sla", (ClockAction("move-up"),)))
    play.work(3, Resolve(e.Resolution("done")), Actor("supervisor", "sofia"))
    play.feed(contact(3))
    play.feed(contact(3))
    play.feed(contact(4, PHONE))
    play.be(ANA, Presence.AVAILABLE)
    if play.offered_to(4):
        play.accept(4)
    play.work(4, Claim(ANA), AS_ANA)
    play.resolve(4)
    play.wait(60)
    return play


PLAY = everything()
SAID = [event for event in PLAY.events if not isinstance(event, e.DeskApplied)]


def test_every_kind_of_event_is_in_the_play() -> None:
    said = {type(event) for event in PLAY.events if isinstance(event, e.WorkEvent)}
    assert set(WORK) - said == set()


def test_the_table_covers_every_event() -> None:
    concrete = {kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.WorkEvent)}
    assert concrete - set(WORK) == {e.WorkEvent, e.OfferEvent, e.AssignmentEvent}
    assert len(get_args(e.RouterEvent)) == 5


@pytest.mark.parametrize("number", range(len(SAID)))
def test_an_event_is_what_its_topic_carries(number: int) -> None:
    outgoing = encode(SAID[number], "support")
    topic = next(each for each in topics.CATALOGUE if each.full("support") == outgoing.topic)
    model = topic.types[outgoing.type]
    assert "router" in topic.written_by
    assert model.model_validate(outgoing.body).model_dump(mode="json", by_alias=True) == outgoing.body
    assert outgoing.sequenced == topic.sequenced
    assert (outgoing.natural is None) == topic.sequenced


def test_an_offered_event_says_everything_its_readers_need() -> None:
    offered = next(event for event in PLAY.events if isinstance(event, e.Offered))
    body = encode(offered, "support").body
    assert body["agent"] == {"id": "ana", "used_before": 0, "used_after": 10, "capacity": 100}
    assert (body["weight"], body["manual"], body["timeout_seconds"], body["waited_seconds"]) == (10, False, 120.0, 0.0)
    assert body["actor"] == {"kind": "system", "id": "router"}
    assert body["queued_at"] == "2026-03-02T12:00:00.000000Z"


def test_the_published_desk_file_is_the_applied_one_less_its_agents() -> None:
    file = read(EXAMPLE).file
    assert file is not None
    play = Play()
    play.feed(ApplyDesk("support", "one", policy_of(file, 0), roster_of(file)))
    applied = next(event for event in play.events if isinstance(event, e.DeskApplied))
    outgoing = encode(replace(applied, desk="support"), "support")
    assert outgoing.key == "support/1"
    body = DeskApplied.model_validate(outgoing.body)
    assert [queue.name for queue in body.queues] == ["front", "billing", "experts"]
    assert body.sla[0].targets[0].within == timedelta(hours=4)
    assert "agents" not in outgoing.body
