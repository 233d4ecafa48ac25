"""How do tests drive the router's core? A small desk, and a play that feeds it inputs and fires its timers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid5

from bellhop_common.decision import CancelTimer, Decision, SetTimer, Subject, TimerDue
from bellhop_common.ids import NAMESPACE
from bellhop_router.domain.agents import Presence, Profile
from bellhop_router.domain.decide import decide
from bellhop_router.domain.desk import Desk
from bellhop_router.domain.events import Resolution, RouterEvent, WorkEvent
from bellhop_router.domain.inputs import (
    Accept,
    AgentAsk,
    AgentCommand,
    ApplyDesk,
    ContactReceived,
    Decline,
    Happening,
    Resolve,
    SetPresence,
    WorkAsk,
    WorkCommand,
)
from bellhop_router.domain.names import Actor, AgentId, Channel, ConversationId, CustomerId, Need, QueueName
from bellhop_router.domain.policy import ChannelPolicy, DeskPolicy, Life, QueuePolicy, Rule, Strategy, Target
from bellhop_router.domain.rules import Facts
from bellhop_router.domain.work import Offered, WorkCustomer, WorkItem

EventT = TypeVar("EventT", bound=RouterEvent)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EMAIL, CHAT, PHONE = Channel("email"), Channel("chat"), Channel("phone")
FRONT, BILLING, EXPERTS = QueueName("front"), QueueName("billing"), QueueName("experts")
ANA, BEN, CHEN = AgentId("ana"), AgentId("ben"), AgentId("chen")
SUPERVISOR = Actor("supervisor", "sofia")

POLICY = DeskPolicy(
    desk="main",
    version=1,
    channels={
        "email": ChannelPolicy(10),
        "chat": ChannelPolicy(20, cap=2, offer_timeout=timedelta(seconds=30), live=True),
        "phone": ChannelPolicy(
            100, cap=1, offer_timeout=timedelta(seconds=20), wrap_up=timedelta(seconds=60), live=True
        ),
    },
    queues={
        "front": QueuePolicy(FRONT),
        "billing": QueuePolicy(BILLING, priority=60, strategy=Strategy.LEAST_OCCUPIED, ageing=2.0),
        "experts": QueuePolicy(EXPERTS, priority=70, max_offers=2),
    },
    rules=(
        Rule(
            "refunds",
            'triage.flags.exists(f, f == "refund")',
            (Target(BILLING, 1, (Need("refunds", 2),)), Target(EXPERTS, 2)),
        ),
        Rule("experts", 'triage.flags.exists(f, f == "hard")', (Target(EXPERTS, 2),)),
    ),
    default=(Target(FRONT),),
    tiers={1: frozenset({1}), 2: frozenset({2})},
    life=Life(misses_to_away=2),
    acting_sources=frozenset({"desktop"}),
    roster_in_file=True,
)


def profile(name: str, tier: int = 1) -> Profile:
    return Profile(
        id=AgentId(name),
        display_name=name.title(),
        tier=tier,
        skills={} if name == "ana" else {"refunds": 3},
        languages={"en": 5},
        channels=(EMAIL, CHAT, PHONE),
    )


ROSTER = (profile("ana"), profile("ben"), profile("chen", tier=2))


def conversation_id(number: int) -> ConversationId:
    return ConversationId(uuid5(NAMESPACE, f"test conversation {number}"))


def contact(number: int, channel: Channel = EMAIL, flags: Iterable[str] = (), *, vip: bool = False) -> ContactReceived:
    return ContactReceived(
        desk="main",
        conversation_id=conversation_id(number),
        contact_id=uuid5(NAMESPACE, f"test contact {number}"),
        reference=f"R-{number}",
        received_at=NOON,
        customer_id=CustomerId(uuid5(NAMESPACE, "test customer")),
        customer=WorkCustomer(vip=vip),
        facts=Facts(channel, "support", vip=vip, flags=tuple(flags)),
    )


@dataclass
class Play:
    """`now` moves only when told to; timers fire in order of their due time."""

    desk: Desk = field(default_factory=lambda: Desk("main"))
    now: datetime = NOON
    events: list[RouterEvent] = field(default_factory=list)
    timers: dict[tuple[str, Subject], datetime] = field(default_factory=dict)
    commands: int = 0

    @classmethod
    def opened(cls, policy: DeskPolicy = POLICY, roster: tuple[Profile, ...] = ROSTER, present: str = "") -> "Play":
        play = cls()
        play.feed(ApplyDesk("main", "apply", policy, roster))
        for name in present.split():
            play.be(AgentId(name), Presence.AVAILABLE)
        return play

    def feed(self, happening: Happening) -> list[RouterEvent]:
        decided = decide(self.desk, happening, self.now)
        assert isinstance(decided, Decision)
        self.desk = decided.state
        self.events.extend(decided.events)
        for timer in decided.timers:
            match timer:
                case SetTimer(kind, subject, due_at):
                    self.timers[(kind, subject)] = due_at
                case CancelTimer(kind, subject):
                    self.timers.pop((kind, subject), None)
        return list(decided.events)

    def wait(self, seconds: float, *, stalled: bool = False) -> list[RouterEvent]:
        """Fires what falls due on the way, each at its instant."""
        said: list[RouterEvent] = []
        end = self.now + timedelta(seconds=seconds)
        while due := min(((at, *key) for key, at in self.timers.items() if at <= end), key=_due, default=None):
            at, kind, subject = due
            del self.timers[(kind, subject)]
            self.now = max(self.now, at)
            said += self.feed(TimerDue(kind, subject, at, at, at, stalled))
        self.now = end
        return said

    def work(self, number: int, ask: WorkAsk, actor: Actor, *, source: str | None = None) -> list[RouterEvent]:
        self.commands += 1
        name = f"command-{self.commands}"
        return self.feed(WorkCommand("main", name, conversation_id(number), actor, self.now, ask, source=source))

    def agent(self, agent_id: AgentId, ask: AgentAsk) -> list[RouterEvent]:
        self.commands += 1
        return self.feed(AgentCommand("main", f"command-{self.commands}", agent_id, Actor("agent", agent_id), ask))

    def be(self, agent_id: AgentId, presence: Presence, reason: str | None = None) -> list[RouterEvent]:
        return self.agent(agent_id, SetPresence(presence, reason))

    def item(self, number: int) -> WorkItem:
        found = self.desk.open_item(conversation_id(number)) or self.desk.past.get(conversation_id(number))
        assert found is not None
        return found

    def offered_to(self, number: int) -> AgentId | None:
        step = self.item(number).step
        return step.agent_id if isinstance(step, Offered) else None

    def accept(self, number: int) -> list[RouterEvent]:
        step = self.item(number).step
        assert isinstance(step, Offered)
        return self.work(number, Accept(step.offer_id), Actor("agent", step.agent_id))

    def decline(self, number: int) -> list[RouterEvent]:
        step = self.item(number).step
        assert isinstance(step, Offered)
        return self.work(number, Decline(step.offer_id, "busy"), Actor("agent", step.agent_id))

    def resolve(self, number: int) -> list[RouterEvent]:
        return self.work(number, Resolve(Resolution("done")), SUPERVISOR)

    def used(self, agent_id: AgentId) -> int:
        return self.desk.agents[agent_id].used


def _due(timer: tuple[datetime, str, Subject]) -> tuple[datetime, str, str]:
    return timer[0], timer[1], timer[2].id


def names(events: Iterable[RouterEvent]) -> list[str]:
    """The kinds of the work events among these, in order."""
    return [type(event).__name__ for event in events if isinstance(event, WorkEvent)]


def one(events: Iterable[RouterEvent], kind: type[EventT]) -> EventT:
    found = [event for event in events if isinstance(event, kind)]
    assert len(found) == 1, found
    return found[0]


def reply_id(number: int) -> UUID:
    return uuid5(NAMESPACE, f"test reply {number}")
