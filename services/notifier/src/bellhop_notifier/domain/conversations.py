"""What must the notifier know of a conversation? Where replies go, which cycle it is in, and what was promised."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

ROUTES_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Route:
    """How the customer came, and so how an answer goes back into the same thread."""

    entry_point: str
    channel: str
    handle: str | None = None
    can_reply_until: datetime | None = None
    provider_thread_id: str | None = None
    message_id: str | None = None
    references: tuple[str, ...] = ()
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """`route` is the newest contact's, `routes` are those of the last few contacts, the newest last.

    `response_due_at` belongs to `response_cycle`; `threat` lasts as long as the conversation.
    """

    conversation_id: UUID
    customer_id: UUID | None = None
    desk: str | None = None
    reference: str = ""
    customer_name: str = ""
    locale: str | None = None
    route: Route | None = None
    routes: tuple[tuple[UUID, Route], ...] = ()
    cycle: int = 0
    is_open: bool = False
    threat: bool = False
    response_cycle: int = 0
    response_due_at: datetime | None = None

    def response_due(self, cycle: int) -> datetime | None:
        return self.response_due_at if self.response_cycle == cycle else None

    def reached_by(self, contact_id: UUID, route: Route) -> "Conversation":
        others = tuple(one for one in self.routes if one[0] != contact_id)
        return replace(self, route=route, routes=(*others, (contact_id, route))[-ROUTES_KEPT:])

    def route_to(self, contact_id: UUID | None) -> Route | None:
        """The way back to that contact, else to the newest."""
        return next((route for known, route in self.routes if known == contact_id), self.route)
