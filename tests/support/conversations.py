"""What happens in a conversation of a test's history? One method an event, in the words of the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bellhop_common.events.topics import (
    AGENT,
    CONTACT,
    CUSTOMER_STATE,
    NOTICE,
    SLA,
    WORK,
    WORK_COMMAND,
    WORK_REJECTED,
)
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import natural_id
from support.histories import Chronicle, Written

SYSTEM = {"kind": "system", "id": "router"}


@dataclass(slots=True)
class Conversation:
    """A conversation with its current work item. `item` counts cycles."""

    history: Chronicle
    name: str
    weight: int = 10
    cycle: int = 0
    contacts: int = 0
    claims: int = 0
    queued_at: datetime | None = None
    agent: str = ""
    held: int = 0

    @property
    def id(self) -> str:
        return f"{self.name}.conversation"

    @property
    def item(self) -> str:
        return f"{self.name}.item-{self.cycle}"

    @property
    def claim(self) -> str:
        return f"{self.name}.offer-{self.claims}"

    def work(self, kind: str, body: Mapping[str, object] | None = None, **said: object) -> Written:
        """The current item as it is, with whatever a test says otherwise."""
        about = {
            "work_item_id": self.item,
            "conversation_id": self.id,
            "queue": "general",
            "tier": 1,
            "channel": "email",
            "priority": 50,
            "cycle": self.cycle,
            "actor": SYSTEM,
        }
        return self.history.event(WORK, f"work.{kind}", self.id, {**about, **(body or {})}, **said)

    def received(self, **said: object) -> Written:
        self.contacts += 1
        body = {
            "contact_id": self.contact(),
            "conversation_id": self.id,
            "entry_point": "mail",
            "provider_message_id": f"{self.name}-{self.contacts}",
            "received_at": rfc3339(self.history.now),
            "text": "My bell does not ring.",
        }
        return self.history.event(CONTACT, "contact.received", self.id, body, **said)

    def contact(self) -> str:
        return f"{self.name}.contact-{self.contacts}"

    def queued(self, required: tuple[str, ...] = (), **said: object) -> Written:
        if not said.pop("reopened", False):
            self.cycle += 1
        self.queued_at = self.history.now + timedelta(seconds=1)
        first = {"contact_id": self.contact(), "received_at": rfc3339(self.history.now)} if self.contacts else None
        body = {
            "kind": "contact",
            "required": list(required),
            "queued_at": rfc3339(self.queued_at),
            "first_contact": first,
        }
        return self.work("queued", body, **said)

    def reopened(self) -> Written:
        previous, self.cycle = self.item, self.cycle + 1
        self.work("reopened", {"previous_work_item_id": previous})
        return self.queued(reopened=True)

    def added(self, **said: object) -> Written:
        return self.work(
            "contact-added", {"contact_id": self.contact(), "received_at": rfc3339(self.history.now)}, **said
        )

    def offered(self, who: str = "ana", **said: object) -> Written:
        self.claims += 1
        self.agent = who
        body = {"offer_id": self.claim, "agent_id": who, "timeout_seconds": 20, **self._placed()}
        return self.work("offered", {**body, "agent": self._loaded(self.weight)}, **said)

    def accepted(self, **said: object) -> Written:
        return self.work("offer-accepted", {"offer_id": self.claim, "agent_id": self.agent}, **said)

    def declined(self, **said: object) -> Written:
        return self.freed_offer("offer-declined", **{"reason": "busy", **said})

    def freed_offer(self, kind: str, **said: object) -> Written:
        body = {"offer_id": self.claim, "agent_id": self.agent, "agent": self._loaded(-self.weight)}
        return self.work(kind, body, **said)

    def assigned(self, **said: object) -> Written:
        """By the offer that was accepted."""
        body = {"assignment_id": self.claim, "offer_id": self.claim, "agent_id": self.agent, **self._placed()}
        return self.work("assigned", body, **said)

    def claimed(self, who: str = "ana", **said: object) -> Written:
        """By hand, without an offer."""
        self.claims += 1
        self.agent = who
        body = {"assignment_id": self.claim, "agent_id": who, **self._placed(), "manual": True}
        by_hand = {"actor": {"kind": "agent", "id": who}, "agent": self._loaded(self.weight)}
        return self.work("assigned", {**body, **by_hand}, **said)

    def taken(self, who: str = "ana") -> None:
        self.offered(who)
        self.accepted()
        self.assigned()

    def paused(self, kind: str, **said: object) -> Written:
        """`pended` and `set-aside` free the agent, `resumed` and `continued` take the room again."""
        change = -self.weight if kind in {"pended", "set-aside"} else self.weight
        return self.assignment(kind, **{"agent": self._loaded(change), **said})

    def ended(self, **said: object) -> Written:
        change = -self.weight if self.held else 0
        return self.assignment("assignment-ended", **{"agent": self._loaded(change), "cause": "done", **said})

    def assignment(self, kind: str, **said: object) -> Written:
        return self.work(kind, {"assignment_id": self.claim, "agent_id": self.agent}, **said)

    def resolved(self, **said: object) -> Written:
        return self.work("resolved", {"resolution": {"code": "solved"}}, **said)

    def command(self, kind: str, **said: object) -> Written:
        name = str(natural_id("command", self.name, kind, self.history.now.isoformat()))
        body = {"command_id": name, "conversation_id": self.id, "actor": {"kind": "agent", "id": self.agent}}
        return self.history.event(
            WORK_COMMAND, f"work.{kind}", self.id, body, **{"source": "desktop", "ce_id": name, **said}
        )

    def rejected(self, command: Written) -> Written:
        body = {"command_id": command.id, "code": "late", "detail": ""}
        return self.history.event(WORK_REJECTED, "work.rejected", self.id, body)

    def clock(self, kind: str, **said: object) -> Written:
        body = {
            "clock_id": f"{self.item}.clock",
            "conversation_id": self.id,
            "work_item_id": self.item,
            "metric": "first_response_time",
            "run": 1,
            "tier": 1,
            "calendar_version": 1,
            "due_at": rfc3339(self.history.now + timedelta(seconds=1)),
        }
        return self.history.event(SLA, f"sla.clock-{kind}", self.id, body, **said)

    def _placed(self) -> dict[str, object]:
        since = self.queued_at or self.history.now
        waited = (self.history.now + timedelta(seconds=1) - since).total_seconds()
        return {"weight": self.weight, "manual": False, "queued_at": rfc3339(since), "waited_seconds": waited}

    def _loaded(self, change: int) -> dict[str, object]:
        self.held += change
        return self.history.load(self.agent, change)


def agent(history: Chronicle, name: str, **said: object) -> Written:
    body = {
        "agent_id": name,
        "presence": "available",
        "tier": 1,
        "skills": {"billing": 3},
        "languages": {"de": 4},
        "channels": ["email"],
        "version": history.desk_seq + 1,
    }
    return history.event(AGENT, "agent.state", name, body, **said)


def notice(history: Chronicle, kind: str, name: str, person: str = "", **said: object) -> Written:
    recipient = person or str(natural_id("customer", "nina"))
    body = {
        "notice_id": str(natural_id("notice", name)),
        "kind": "birthday",
        "recipient": {"kind": "customer", "id": recipient},
        "channel": "email",
        "due_at": rfc3339(history.now),
    }
    if kind == "sent":
        body["provider_message_id"] = f"<{body['notice_id']}.token@bell.example>"
    return history.event(NOTICE, f"notice.{kind}", recipient, body, **said)


def merged_customer(history: Chronicle, one: str, into: str) -> Written:
    body = {"customer_id": one, "version": 2, "status": "merged", "merged_into": into}
    return history.event(CUSTOMER_STATE, "customer.state", one, body)
