"""Under which rules is a desk run? The validated desk file, less its agents, one record a version."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from bellhop_common.events.wire import Channel, Message, ShortText, Slug, Wire


class DeskEntryPoint(Wire):
    """One mailbox, number, page or counter; secrets are named here, never given."""

    name: Slug
    channel: Channel
    address: str | None = None
    reply_domain: str | None = None
    secret: str | None = None
    handled: bool = True
    locale: str | None = None


class DeskQueue(Wire):
    name: Slug
    priority: int = 50
    calendar: Slug | None = None
    strategy: str = "longest_idle"
    sla: Slug | None = None


class SlaTarget(Wire):
    metric: str
    tier: int = 1
    within: timedelta
    warnings: tuple[int, ...] = (50, 80, 95)
    pause_on: tuple[str, ...] = ()


class SlaPolicy(Wire):
    """Ordered; the first whose `when` (CEL over conversation, customer, queue, tier, channel, priority) holds."""

    name: Slug
    when: str = "true"
    queues: tuple[Slug, ...] = ()
    calendar: Slug | None = None
    targets: tuple[SlaTarget, ...] = ()


class Calendar(Wire):
    """`hours` in OSM `opening_hours` syntax; absent holidays mean none."""

    name: Slug
    time_zone: str
    hours: str = "24/7"
    holidays: str | None = None
    closed: tuple[str, ...] = ()


class EscalationRow(Wire):
    """One cause → what is done; `cause` such as `sla.first_response_time.breached`, `misses`, `agent.out_of_depth`."""

    cause: str
    threshold: int | None = None
    tier: int | None = None
    do: str
    to_tier: int | None = None
    by: int | None = None
    recipients: tuple[str, ...] = ()


class NoticePolicy(Wire):
    kind: Slug
    enabled: bool = True
    delay: timedelta = timedelta()
    window: str | None = None
    open_case: str = "skip"
    template: str | None = None


class Publisher(Wire):
    source: str
    entry_points: tuple[Slug, ...] = ()
    acts_for_agents: bool = False


class DeskLife(Wire):
    reopen_window: timedelta = timedelta(days=7)
    thread_window: timedelta = timedelta(days=3)


class DeskApplied(Message):
    type_name: ClassVar[str] = "desk.applied"
    version: int
    name: ShortText
    time_zone: str = "UTC"
    locale: str = "en"
    locales: tuple[str, ...] = ("en",)
    entry_points: tuple[DeskEntryPoint, ...] = ()
    queues: tuple[DeskQueue, ...] = ()
    sla: tuple[SlaPolicy, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    escalation: tuple[EscalationRow, ...] = ()
    notices: tuple[NoticePolicy, ...] = ()
    publishers: tuple[Publisher, ...] = ()
    keywords: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    life: DeskLife = DeskLife()
    recipients: dict[str, tuple[str, ...]] = Field(default_factory=dict)
