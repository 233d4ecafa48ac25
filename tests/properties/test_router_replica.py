"""Does a replica that reads only what changed come to the same desk, and so to the same decisions?"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import immutables
from hypothesis import given, settings
from hypothesis import strategies as st

from bellhop_common.decision import Subject
from bellhop_common.events.desks import DeskFile
from bellhop_common.kernel.desk_cache import Document
from bellhop_router.adapters.policies import policy_of, roster_of
from bellhop_router.adapters.store import CODECS, assemble, changes
from bellhop_router.domain.agents import Presence
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import RouterEvent
from bellhop_router.domain.inputs import ApplyDesk, Happening, Pend, Requeue
from bellhop_router.domain.names import AgentId, Channel
from support.routing import CHAT, EMAIL, PHONE, SUPERVISOR, Play, contact

FILE = DeskFile.model_validate(
    {
        "desk": "main",
        "name": "Main",
        "entry_points": [{"name": "mail", "channel": "email"}],
        "channels": {"phone": {"wrap_up": "30s"}},
        "queues": [{"name": "front"}, {"name": "money", "strategy": "least_occupied", "max_offers": 2}],
        "rules": [{"key": "refunds", "when": '"refund" in triage.flags', "targets": [{"queue": "money"}]}],
        "default": [{"queue": "front"}],
        "tiers": [{"tier": 1}, {"tier": 2}],
        "agents": [
            {"id": name, "display_name": name, "capacity": 40, "tier": tier, "channels": ["email", "chat"]}
            for name, tier in (("ana", 1), ("ben", 1), ("chen", 2))
        ],
    }
)
PEOPLE = [AgentId("ana"), AgentId("ben"), AgentId("chen")]


@dataclass
class Replicated(Play):
    """Every change goes through its documents to a replica that never decided anything."""

    replica: Desk = field(default_factory=lambda: Desk("main"))
    documents: dict[Subject, Document] = field(default_factory=dict)

    def feed(self, happening: Happening) -> list[RouterEvent]:
        self.desk = replace(self.desk, touched=immutables.Map(), ended=immutables.Map())
        before = self.desk
        said = super().feed(happening)
        written = [_stored(document) for document in changes(before, self.desk)]
        self.replica = assemble(self.replica, written)
        self.documents.update({document.subject: document for document in written})
        return said

    def cold(self) -> Desk:
        return assemble(None, [document for document in self.documents.values() if document.value is not None])


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("arrive"), st.integers(0, 5), st.sampled_from([EMAIL, CHAT, PHONE])),
            st.tuples(st.sampled_from(["accept", "decline", "resolve", "pend", "requeue"]), st.integers(0, 5)),
            st.tuples(st.just("be"), st.sampled_from(PEOPLE), st.sampled_from(list(Presence))),
            st.tuples(st.just("wait"), st.sampled_from([1, 20, 70, 700])),
            st.tuples(st.just("apply"), st.booleans()),
        ),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_a_replica_comes_to_the_same_desk(steps: list[tuple[object, ...]]) -> None:
    play = Replicated()
    play.feed(_apply(both=True))
    for name in PEOPLE:
        play.be(name, Presence.AVAILABLE)
    for step in steps:
        _do(play, step)
        assert _facts(play.replica) == _facts(play.desk)
    assert _facts(play.cold()) == _facts(play.desk)


def _apply(*, both: bool) -> ApplyDesk:
    agents = FILE.agents or ()
    file = FILE if both else FILE.model_copy(update={"agents": agents[1:]})
    return ApplyDesk("main", "apply", policy_of(file, 0), roster_of(file))


def _do(play: Replicated, step: tuple[object, ...]) -> None:
    match step:
        case ("arrive", int(number), str(channel)):
            play.feed(contact(number, Channel(channel), ("refund",) if number % 2 else ()))
        case ("be", str(agent), Presence() as presence):
            if AgentId(agent) in play.desk.agents:
                play.be(AgentId(agent), presence)
        case ("wait", int(seconds)):
            play.wait(seconds)
        case ("apply", bool(both)):
            play.feed(_apply(both=both))
        case ("pend", int(number)):
            play.work(number, Pend("customer", play.now + timedelta(seconds=50)), SUPERVISOR)
        case ("requeue", int(number)):
            play.work(number, Requeue(), SUPERVISOR)
        case ("resolve", int(number)):
            play.resolve(number)
        case (str(answer), int(number)):
            _answer(play, answer, number)
        case _:
            raise AssertionError(step)


def _answer(play: Replicated, answer: str, number: int) -> None:
    if contact(number).conversation_id in play.desk.open and play.offered_to(number) is not None:
        _ = play.accept(number) if answer == "accept" else play.decline(number)


def _stored(document: Document) -> Document:
    if document.value is None:
        return document
    codec = CODECS[document.subject.kind]
    return Document(document.subject, codec.load(codec.dump(document.value)))


def _facts(desk: Desk) -> dict[str, object]:
    """Everything that a decision looks at; empty orders and zero counts are none."""
    return {
        "policy": desk.policy,
        "items": dict(desk.items),
        "open": dict(desk.open),
        "agents": dict(desk.agents),
        "boards": dict(desk.boards),
        "lanes": dict(desk.lanes),
        "ages": {queue: waiting for queue, waiting in desk.ages.items() if waiting},
        "ready": {key: order for key, order in desk.ready.items() if order},
        "handling": {channel: count for channel, count in desk.handling.items() if count},
        "presences": {presence: count for presence, count in desk.presences.items() if count},
    }
