"""What is known while one input is decided, and what has been decided so far?"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TypeAlias
from uuid import UUID

import immutables

from bellhop_common.decision import Call, CancelTimer, Decision, SetTimer, Subject
from bellhop_notifier.domain.conversations import Conversation
from bellhop_notifier.domain.customers import Customer
from bellhop_notifier.domain.desks import Desk, DeskFiles
from bellhop_notifier.domain.events import Event
from bellhop_notifier.domain.notice import Notice, Step
from bellhop_notifier.domain.occasions import LeapDay
from bellhop_notifier.domain.subjects import DESK_FILES, Pointer, conversation_subject, customer_subject, notice_subject

State: TypeAlias = "immutables.Map[Subject, object]"

SEND = "send"
GREET = "greet"
UNHEARD = "unheard"


@dataclass(frozen=True, slots=True)
class Means:
    """What this installation can do: `channels` have a provider; `address_key` hides addresses in ids.

    `acknowledgement_worth`: after that long nobody needs to hear that their message came.
    """

    channels: frozenset[str] = frozenset({"email", "chat"})
    address_key: bytes = b"unset"
    acknowledgement_patience: timedelta = timedelta(seconds=5)
    acknowledgement_worth: timedelta = timedelta(hours=1)
    give_up_after: timedelta = timedelta(hours=12)
    chat_patience: timedelta = timedelta(seconds=30)
    quiet_before_greeting: timedelta = timedelta(minutes=15)
    leap_day: LeapDay = LeapDay.FEB_28

    def hide(self, address: str) -> str:
        """Stable, and useless without the key."""
        return blake2b(address.strip().lower().encode(), key=self.address_key[:64], digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Scene:
    """Never changed: each step gives a new one."""

    state: State
    now: datetime
    means: Means
    events: tuple[Event, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    calls: tuple[Call, ...] = field(default=())

    def conversation(self, conversation_id: UUID) -> Conversation:
        found = self.state.get(conversation_subject(conversation_id))
        return found if isinstance(found, Conversation) else Conversation(conversation_id)

    def customer(self, customer_id: UUID) -> Customer:
        found = self.state.get(customer_subject(customer_id))
        return found if isinstance(found, Customer) else Customer(customer_id)

    def notice(self, key: str) -> Notice | None:
        return self.notice_at(notice_subject(key))

    def notice_at(self, subject: Subject) -> Notice | None:
        found = self.state.get(subject)
        return found if isinstance(found, Notice) else None

    @property
    def desk_files(self) -> DeskFiles:
        found = self.state.get(DESK_FILES)
        return found if isinstance(found, DeskFiles) else DeskFiles()

    def desk(self, slug: str) -> Desk | None:
        return self.desk_files.find(slug)

    def keep(self, subject: Subject, document: object) -> "Scene":
        unchanged = self.state.get(subject) == document
        return self if unchanged else replace(self, state=self.state.set(subject, document))

    def keep_conversation(self, conversation: Conversation) -> "Scene":
        return self.keep(conversation_subject(conversation.conversation_id), conversation)

    def keep_customer(self, customer: Customer) -> "Scene":
        return self.keep(customer_subject(customer.customer_id), customer)

    def step(self, step: Step) -> "Scene":
        """A notice as it is now, and what is told of it; one that waits no longer needs no timer."""
        notice, told = step
        kept = self.keep(notice_subject(notice.key), notice).tell(*told)
        return kept.forget_timer(notice) if told and notice.has_ended else kept

    def tell(self, *events: Event) -> "Scene":
        return replace(self, events=self.events + events)

    def wake(self, kind: str, pointer: Pointer, due_at: datetime) -> "Scene":
        return replace(self, timers=(*self.timers, SetTimer(kind, pointer.subject(), due_at)))

    def let_sleep(self, kind: str, pointer: Pointer) -> "Scene":
        return replace(self, timers=(*self.timers, CancelTimer(kind, pointer.subject())))

    def forget_timer(self, notice: Notice) -> "Scene":
        return self.let_sleep(SEND, Pointer(notice.key, notice.customer_id))

    def call(self, call: Call) -> "Scene":
        return replace(self, calls=(*self.calls, call))

    def decision(self) -> Decision[State, Event]:
        return Decision(self.state, self.events, self.timers, self.calls)
