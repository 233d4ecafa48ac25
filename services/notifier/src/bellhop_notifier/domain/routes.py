"""On which channel and to which address does a notice go? Where the customer came from, else mail, else nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bellhop_notifier.domain.conversations import Route
from bellhop_notifier.domain.customers import Handle
from bellhop_notifier.domain.notice import Reason

EMAIL: Final = "email"
CHAT: Final = "chat"
LIVE: Final = frozenset({CHAT, "phone"})
ONE_WAY: Final = frozenset({"form", "phone", "event", "walk_in"})


@dataclass(frozen=True, slots=True)
class Destination:
    """`entry_point` is whose identity we use there; the thread is known only on the channel it came by."""

    channel: str
    address: str
    entry_point: str | None = None
    thread: Route | None = None


def reply_destination(
    route: Route | None, handles: Sequence[Handle], channels: frozenset[str], now: datetime
) -> Destination | Reason:
    """`channels` are those that a provider is configured for."""
    if route is None:
        return mail_destination(handles)
    direct = _direct(route, channels)
    closed = direct is not None and route.can_reply_until is not None and route.can_reply_until <= now
    if direct is not None and not closed:
        return direct
    by_mail = mail_destination(handles, route.entry_point)
    if isinstance(by_mail, Destination):
        return by_mail
    return Reason.REPLY_WINDOW if closed else Reason.NO_ROUTE


def mail_destination(handles: Sequence[Handle], entry_point: str | None = None) -> Destination | Reason:
    """The best address of all: verified before not, good before bouncing, never a dead one."""
    alive = [handle for handle in handles if handle.kind == EMAIL and handle.state != "dead"]
    if not alive:
        return Reason.NO_ROUTE
    best = min(alive, key=lambda handle: (handle.state != "good", not handle.verified))
    return Destination(EMAIL, best.value, entry_point)


def _direct(route: Route, channels: frozenset[str]) -> Destination | None:
    if route.channel in ONE_WAY or route.channel not in channels:
        return None
    if route.channel == CHAT:
        return Destination(CHAT, route.handle or "", route.entry_point, route)
    return None if route.handle is None else Destination(route.channel, route.handle, route.entry_point, route)
