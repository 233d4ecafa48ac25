"""Would an outsider find fault with these events? The item machine, one live claim, and each agent's account.

Written from the rules alone, without a look at the core, so that the two can disagree.
"""

from dataclasses import dataclass, field
from uuid import UUID

from bellhop_router.domain import events as e

NEUTRAL = (e.ContactAdded, e.PrioritySet, e.Flagged, e.ReplyFailed)
WHILE_ASSIGNED = (e.Replied, e.Noted, e.Promised, e.PromiseKept, e.ThreatReported)
WHILE_WAITING = (e.Requeued, e.Transferred, e.Escalated)


@dataclass
class Life:
    """One item as its events tell it."""

    conversation: UUID
    cycle: int
    state: str = "new"
    offer: UUID | None = None
    assignment: UUID | None = None
    agent: str = ""
    weight: int = 0
    pended: bool = False
    queued_at: object = None


@dataclass
class Ledger:
    lives: dict[UUID, Life] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    open: dict[UUID, UUID] = field(default_factory=dict)
    cycles: dict[UUID, int] = field(default_factory=dict)
    ended_offers: set[UUID] = field(default_factory=set)
    offers: set[UUID] = field(default_factory=set)
    assignments: set[UUID] = field(default_factory=set)

    def read(self, events: list[e.RouterEvent]) -> None:
        for event in events:
            if isinstance(event, e.WorkEvent):
                self._work(event)

    def _work(self, event: e.WorkEvent) -> None:
        about = event.about
        life = self.lives.setdefault(about.work_item_id, Life(about.conversation_id, about.cycle))
        assert (life.conversation, life.cycle) == (about.conversation_id, about.cycle)
        match event:
            case e.Reopened():
                assert life.state == "new"
                assert self.lives[event.previous_work_item_id].state in {"ended", "wrap-up"}
                life.state = "reopened"
            case e.Queued():
                self._queued(life, event)
            case e.OfferEvent():
                self._offer(life, event)
            case e.AssignmentEvent():
                self._assignment(life, event)
            case e.Resolved() | e.Abandoned():
                self._end(life, event)
            case _:
                self._step(life, event)

    def _queued(self, life: Life, event: e.Queued) -> None:
        last = self.cycles.get(life.conversation, 0)
        assert life.state == ("new" if last == 0 else "reopened")
        assert life.cycle == last + 1
        assert life.conversation not in self.open, "a second open item"
        self.cycles[life.conversation] = life.cycle
        self.open[life.conversation] = event.about.work_item_id
        life.state, life.queued_at = "waiting", event.queued_at

    def _offer(self, life: Life, event: e.OfferEvent) -> None:
        match event:
            case e.Offered():
                assert life.state == "waiting"
                assert event.offer_id not in self.offers
                self.offers.add(event.offer_id)
                self._placed(life, event.placed)
                life.state, life.offer, life.agent = "offered", event.offer_id, event.agent_id
                self._load(event, event.placed.weight)
                return
            case e.OfferAccepted():
                life.state, change = "accepted", 0
            case _:
                life.state, change = "waiting", -life.weight
        assert (life.offer, life.agent) == (event.offer_id, event.agent_id), "answer to an offer that isn't pending"
        assert event.offer_id not in self.ended_offers
        self.ended_offers.add(event.offer_id)
        self._load(event, change)

    def _assignment(self, life: Life, event: e.AssignmentEvent) -> None:
        if isinstance(event, e.Assigned):
            self._assigned(life, event)
            return
        assert (life.assignment, life.agent) == (event.assignment_id, event.agent_id)
        match event:
            case e.Pended():
                assert (life.state, life.pended) == ("assigned", False)
                life.pended = True
                self._load(event, -life.weight)
            case e.Resumed():
                assert (life.state, life.pended) == ("assigned", True)
                life.pended = False
                self._load(event, life.weight)
            case e.WrapUpStarted():
                assert life.state == "resolved"
                life.state = "wrap-up"
            case e.WrapUpEnded():
                assert life.state == "wrap-up"
                life.state = "resolved"
            case _:
                assert isinstance(event, e.AssignmentEnded)
                assert life.state in {"assigned", "resolved"}
                self._load(event, 0 if life.pended else -life.weight)
                life.state = "waiting" if life.state == "assigned" else "ended"
                life.pended, life.offer, life.assignment = False, None, None

    def _assigned(self, life: Life, event: e.Assigned) -> None:
        by_offer = life.state == "accepted"
        assert by_offer or life.state == "waiting"
        if by_offer:
            assert event.offer_id == life.offer == event.assignment_id
        if event.placed.manual:
            assert event.about.actor.kind in {"agent", "supervisor"}
        assert event.assignment_id not in self.assignments
        self.assignments.add(event.assignment_id)
        self._placed(life, event.placed)
        life.state, life.assignment, life.agent = "assigned", event.assignment_id, event.agent_id
        self._load(event, 0 if by_offer else life.weight)

    def _end(self, life: Life, event: e.WorkEvent) -> None:
        assert life.state in ({"waiting", "assigned"} if isinstance(event, e.Resolved) else {"waiting"})
        assert self.open.pop(life.conversation) == event.about.work_item_id
        life.state = "resolved" if life.state == "assigned" else "ended"

    def _step(self, life: Life, event: e.WorkEvent) -> None:
        if isinstance(event, NEUTRAL):
            assert life.state in {"waiting", "offered", "assigned"}
        elif isinstance(event, WHILE_ASSIGNED):
            assert life.state == "assigned"
        else:
            assert isinstance(event, WHILE_WAITING)
            assert life.state == "waiting"

    def _placed(self, life: Life, placed: e.Placed) -> None:
        assert placed.queued_at == life.queued_at, "its age was moved"
        life.weight = placed.weight

    def _load(self, event: e.OfferEvent | e.AssignmentEvent, change: int) -> None:
        before = self.used.get(event.agent_id, 0)
        if event.agent is None:
            assert change == 0, f"{event} changes the load and doesn't say so"
            return
        assert (event.agent.id, event.agent.used_before, event.agent.used_after) == (
            event.agent_id,
            before,
            before + change,
        )
        manual = isinstance(event, e.Assigned) and event.placed.manual
        assert change <= 0 or manual or before + change <= event.agent.capacity, "over capacity"
        self.used[event.agent_id] = before + change
