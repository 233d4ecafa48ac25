"""How does a test play the notifier's part by hand? A kernel of plain values: documents, timers, calls, a clock.

Only the documents that an input names are handed to the core, as the real kernel does it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import immutables

from bellhop_common.decision import (
    Call,
    CallEnded,
    CallOutcome,
    Decision,
    MissingReference,
    SetTimer,
    Subject,
    TimerDue,
)
from bellhop_notifier.domain.conversations import Route
from bellhop_notifier.domain.customers import Handle, Occasion, Profile
from bellhop_notifier.domain.decide import decide
from bellhop_notifier.domain.desks import Desk, EntryPoint, NoticeRule
from bellhop_notifier.domain.events import Event
from bellhop_notifier.domain.inputs import (
    ContactArrived,
    CustomerChanged,
    DeskChanged,
    Input,
    Place,
    Replied,
    WorkClosed,
    WorkQueued,
)
from bellhop_notifier.domain.notice import NoticeEvent
from bellhop_notifier.domain.scene import Means
from bellhop_notifier.domain.subjects import reads, subjects

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
CONVERSATION = UUID("00000000-0000-7000-8000-00000000c001")
CUSTOMER = UUID("00000000-0000-7000-8000-0000000000a1")
REPLY = UUID("00000000-0000-7000-8000-00000000b001")

MAIL_ROUTE = Route(
    entry_point="help",
    channel="email",
    handle="maria@example.org",
    message_id="<1@example.org>",
    references=("<0@example.org>",),
    subject="Where is my order?",
)
CHAT_ROUTE = Route(entry_point="site", channel="chat", handle="visitor-1")
FORM_ROUTE = Route(entry_point="form", channel="form")
MARIA = Profile(
    name="Maria Petrova",
    locale="bg",
    time_zone="Europe/Sofia",
    handles=(Handle("email", "maria@example.org", verified=True),),
)
DESK = Desk(
    slug="shop",
    version=3,
    name="The Shop",
    time_zone="Europe/Sofia",
    locale="en",
    entry_points=(
        EntryPoint("help", "email", "help@shop.example", "shop.example"),
        EntryPoint("site", "chat"),
        EntryPoint("form", "form"),
    ),
    rules=(
        NoticeRule("thank-you", delay=timedelta(minutes=1)),
        NoticeRule("follow-up", delay=timedelta(days=3)),
        NoticeRule("birthday", window="09:00-18:00"),
    ),
)
PLACE = Place("shop", 3, CONVERSATION, CUSTOMER, 1)
MEANS = Means(channels=frozenset({"email", "chat", "whatsapp"}), address_key=b"test")

CONTACT = UUID("00000000-0000-7000-8000-00000000f001")
ARRIVED = ContactArrived("shop", CONTACT, CONVERSATION, CUSTOMER, "BH-1001", MAIL_ROUTE, "Maria", "bg")
QUEUED = WorkQueued(PLACE, "BH-1001", "email", from_contact=True)
REPLIED = Replied(PLACE, REPLY, "It is on its way.", author="Ana")
RESOLVED = WorkClosed(PLACE, resolved=True)


def born_on(month: int, day: int, year: int | None = None) -> Profile:
    return replace(MARIA, occasions=(Occasion("birthday", month, day, year),))


def reply_over(route: Route) -> ContactArrived:
    return replace(ARRIVED, route=route)


@dataclass
class Play:
    """`told` are all events so far. `tell` gives what that one input led to."""

    now: datetime = NOON
    means: Means = MEANS
    state: "immutables.Map[Subject, object]" = field(default_factory=immutables.Map)
    timers: dict[tuple[str, Subject], datetime] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    missing: list[MissingReference] = field(default_factory=list)

    def tell(self, happened: Input) -> list[Event]:
        own = set(subjects(happened))
        seen = own | set(reads(happened))
        shown = immutables.Map({subject: document for subject, document in self.state.items() if subject in seen})
        result = decide(shown, happened, self.now, self.means)
        if isinstance(result, MissingReference):
            self.missing.append(result)
            return []
        touched = {subject for subject, document in result.state.items() if shown.get(subject) is not document}
        assert touched <= own, "a document was written that was never locked"
        self.state = self.state.update(result.state)
        self._note(result)
        return list(result.events)

    def set_the_scene(self, desk: Desk = DESK, profile: Profile = MARIA) -> "Play":
        self.tell(DeskChanged(desk))
        self.tell(CustomerChanged(CUSTOMER, 1, profile))
        return self

    def wait_until(self, moment: datetime) -> list[Event]:
        """Fires what falls due on the way, each at its time."""
        led_to: list[Event] = []
        while (due := self._next_due(moment)) is not None:
            (kind, subject), due_at = due
            del self.timers[kind, subject]
            self.now = max(self.now, due_at)
            led_to += self.tell(TimerDue(kind, subject, due_at, ready_at=self.now, known_until=self.now))
        self.now = max(self.now, moment)
        return led_to

    def wait(self, how_long: timedelta) -> list[Event]:
        return self.wait_until(self.now + how_long)

    def end_call(self, outcome: CallOutcome = CallOutcome.DONE, error: str | None = None) -> list[Event]:
        """The oldest call, answered as a provider would."""
        call = self.calls.pop(0)
        detail: Mapping[str, object] = (
            {"provider": "smtp", "provider_message_id": f"<{call.call_id}@x>"} if outcome is CallOutcome.DONE else {}
        )
        return self.tell(CallEnded(call.call_id, call.kind, call.subject, outcome, error_class=error, detail=detail))

    def _next_due(self, moment: datetime) -> tuple[tuple[str, Subject], datetime] | None:
        due = [(name, at) for name, at in self.timers.items() if at <= moment]
        return min(due, key=lambda one: (one[1], one[0][0], one[0][1].id)) if due else None

    def _note(self, result: "Decision[immutables.Map[Subject, object], Event]") -> None:
        self.told += result.events
        self.calls += result.calls
        for timer in result.timers:
            if isinstance(timer, SetTimer):
                self.timers[timer.kind, timer.subject] = timer.due_at
            else:
                self.timers.pop((timer.kind, timer.subject), None)


def facts(events: list[Event]) -> list[str]:
    """`kind fact`, with the reason where there is one."""
    return [
        " ".join(filter(None, (one.notice.kind.value, one.fact.value, one.notice.reason)))
        for one in events
        if isinstance(one, NoticeEvent)
    ]
