"""Whatever happens in whatever order: legal steps, exact accounts, and nobody waits for an agent who has room."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bellhop_router.domain.agents import Presence
from bellhop_router.domain.events import Rejected, Resolution
from bellhop_router.domain.inputs import (
    Accept,
    ApplyDesk,
    Claim,
    ClockAction,
    ClockFired,
    ContactAbandoned,
    Decline,
    Escalate,
    FinishWrapUp,
    Note,
    Open,
    Pend,
    Place,
    Reopen,
    Requeue,
    Resolve,
    Resume,
    SetPriority,
    Transfer,
    WorkAsk,
)
from bellhop_router.domain.names import Actor, AgentId, Channel, CustomerId, OfferId
from bellhop_router.domain.policy import Life
from bellhop_router.domain.turn import conversation
from bellhop_router.domain.work import Offered, WrappingUp
from support.routing import (
    BILLING,
    CHAT,
    EMAIL,
    FRONT,
    PHONE,
    POLICY,
    ROSTER,
    SUPERVISOR,
    Play,
    contact,
    conversation_id,
)
from support.routing_ledger import Ledger
from support.routing_oracle import could_take, waiting_items

NUMBERS = st.integers(0, 5)
SMALL_ROSTER = tuple(replace(each, capacity=30 if each.tier == 1 else 100) for each in ROSTER)
AGENTS = st.sampled_from([each.id for each in ROSTER])
CHANNELS = st.sampled_from([EMAIL, CHAT, PHONE])
FLAGS = st.sampled_from([(), ("refund",), ("hard",)])
RESOLVE = Resolve(Resolution("done"))


def asks(agent: AgentId) -> list[WorkAsk]:
    return [
        Claim(agent),
        Place(agent),
        Note("seen"),
        Pend("customer"),
        Pend("third_party", None),
        Resume(),
        Transfer("theirs", queue=BILLING),
        Transfer("knows it", agent_id=agent),
        Escalate("out_of_depth"),
        SetPriority(90),
        RESOLVE,
        Requeue(),
        Reopen(),
        Open("callback", CustomerId(UUID(int=7)), "asked for it"),
        Open("internal", CustomerId(UUID(int=7)), "later", FRONT, contact(0).received_at + timedelta(minutes=3)),
    ]


class Days(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.ledger = Ledger()
        self.read = 0
        self.policy = POLICY

    @initialize(lease=st.sampled_from([60, 100_000, 100_000]), misses=st.sampled_from([2, 50]))
    def begin(self, lease: int, misses: int) -> None:
        """Short leases and few misses empty the desk quickly; long ones keep it busy."""
        life = Life(lease=timedelta(seconds=lease), misses_to_away=misses)
        self.policy = replace(POLICY, life=life)
        self.play = Play.opened(self.policy, SMALL_ROSTER, present="ana ben chen")

    @rule(numbers=st.sets(NUMBERS, min_size=1), channel=CHANNELS, flags=FLAGS, vip=st.booleans())
    def arrive(self, numbers: set[int], channel: Channel, flags: tuple[str, ...], *, vip: bool) -> None:
        for number in sorted(numbers):
            self.play.feed(contact(number, channel, flags, vip=vip))

    @rule(number=NUMBERS)
    def leave(self, number: int) -> None:
        self.play.feed(ContactAbandoned("main", conversation_id(number)))

    @rule(number=NUMBERS, agent=AGENTS, pick=st.integers(0, 14), supervisor=st.booleans())
    def command(self, number: int, agent: AgentId, pick: int, *, supervisor: bool) -> None:
        actor = SUPERVISOR if supervisor else Actor("agent", agent)
        before = self.play.desk
        said = self.play.work(number, asks(agent)[pick], actor)
        assert said, "neither an effect nor a rejection"
        if isinstance(said[0], Rejected):
            assert self.play.desk is before

    @rule(number=NUMBERS, accept=st.booleans())
    def answer(self, number: int, *, accept: bool) -> None:
        item = self.play.desk.open_item(conversation_id(number))
        if item is not None and isinstance(item.step, Offered):
            _ = self.play.accept(number) if accept else self.play.decline(number)

    @rule()
    def accept_all(self) -> None:
        for number in range(6):
            self.answer(number, accept=True)

    @rule(number=NUMBERS, again=st.booleans())
    def pend(self, number: int, *, again: bool) -> None:
        self.play.work(number, Pend("customer", self.play.now + timedelta(seconds=90)), SUPERVISOR)
        if again:
            self.play.work(number, Resume(), SUPERVISOR)

    @rule(number=NUMBERS, agent=AGENTS)
    def answer_what_was_never_asked(self, number: int, agent: AgentId) -> None:
        self.play.work(number, Accept(OfferId(UUID(int=1))), Actor("agent", agent))
        self.play.work(number, Decline(OfferId(UUID(int=1)), "no"), Actor("agent", agent))

    @rule(agent=AGENTS, presence=st.sampled_from([*Presence, Presence.AVAILABLE, Presence.AVAILABLE]))
    def come_or_go(self, agent: AgentId, presence: Presence) -> None:
        self.play.be(agent, presence)

    @rule(seconds=st.sampled_from([1, 15, 40, 130, 700]), stalled=st.booleans())
    def wait(self, seconds: int, *, stalled: bool) -> None:
        self.play.wait(seconds, stalled=stalled)

    @rule(number=NUMBERS, off=st.integers(0, 1), to=st.sampled_from([None, 2]))
    def breach(self, number: int, off: int, to: int | None) -> None:
        item = self.play.desk.open_item(conversation_id(number))
        if item is not None:
            actions = (ClockAction("raise-priority", by=5), ClockAction("move-up", to))
            fired = ClockFired(item.conversation_id, item.id, item.cycle + off, item.tier, "sla", actions)
            self.play.feed(fired)

    @rule(keep=st.sets(AGENTS, min_size=2), capacity=st.sampled_from([20, 100]))
    def apply(self, keep: set[AgentId], capacity: int) -> None:
        roster = tuple(replace(each, capacity=capacity) for each in SMALL_ROSTER if each.id in keep)
        self.play.feed(ApplyDesk("main", "apply", self.policy, roster))

    @rule(number=NUMBERS)
    def finish_wrap_up(self, number: int) -> None:
        for item in self.play.desk.items.values():
            if isinstance(item.step, WrappingUp) and item.conversation_id == conversation_id(number):
                self._finish(number, item.step)

    def _finish(self, number: int, step: WrappingUp) -> None:
        said = self.play.work(number, FinishWrapUp(step.assignment_id), Actor("agent", step.agent_id))
        assert not isinstance(said[0], Rejected)

    @invariant()
    def an_outsider_finds_no_fault(self) -> None:
        self.ledger.read(self.play.events[self.read :])
        self.read = len(self.play.events)

    @invariant()
    def the_accounts_agree(self) -> None:
        for agent in self.play.desk.agents.values():
            assert self.ledger.used.get(agent.id, 0) == agent.used
            assert len({hold.item_id for hold in agent.holds}) == len(agent.holds)

    @invariant()
    def nothing_waits_that_an_agent_with_room_could_take(self) -> None:
        desk = self.play.desk
        for item in waiting_items(desk):
            assert [agent.id for agent in desk.agents.values() if could_take(desk, agent, item, self.play.now)] == []

    @invariant()
    def a_pending_offer_has_its_timer_and_somebody_to_answer_it(self) -> None:
        for item in self.play.desk.items.values():
            if isinstance(item.step, Offered):
                assert self.play.desk.agents[item.step.agent_id].presence is Presence.AVAILABLE
                assert self.play.timers[("offer", conversation(item))] == item.step.expires_at


Days.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestDays = Days.TestCase
