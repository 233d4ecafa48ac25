"""Under which rules is a desk run? The validated desk file, less its agents, one record a version."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from bellhop_common.events.commands import AgentProfile
from bellhop_common.events.durations import Duration
from bellhop_common.events.wire import Channel, Message, ShortText, Slug, Wire

Need = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*(:[1-5])?$")]
"""A skill or language, with the least level after a colon: `refunds:2`."""

Priority = Annotated[int, Field(ge=0, le=100)]
Tier = Annotated[int, Field(ge=1, le=9)]
Level = Annotated[int, Field(ge=1, le=5)]


class DeskEntryPoint(Wire):
    """One mailbox, number, page or counter; secrets are named here, never given."""

    name: Slug
    channel: Channel
    address: str | None = None
    reply_domain: str | None = None
    secret: str | None = None
    handled: bool = True
    locale: str | None = None


class DeskChannel(Wire):
    """What is left out has the channel's usual value. `assign` hands work over without asking.

    `call_back`: whoever hangs up while waiting is called back; their next call takes the call-back's place.
    """

    weight: int | None = Field(default=None, ge=1, le=1_000)
    cap: int | None = Field(default=None, ge=1)
    mode: Literal["offer", "assign"] | None = None
    offer_timeout: Duration | None = None
    wrap_up: Duration | None = None
    call_back: bool = False


class DeskQueue(Wire):
    """`ageing`: points a minute. After `max_offers` refusals the item escalates. No teams: all."""

    name: Slug
    priority: Priority = 50
    calendar: Slug | None = None
    strategy: Literal["longest_idle", "least_occupied"] = "longest_idle"
    sla: Slug | None = None
    ageing: float = Field(default=1.0, ge=0.01, le=100)
    max_offers: int = Field(default=5, ge=1)
    decline_memory: Duration = timedelta(minutes=10)
    teams: tuple[Slug, ...] = ()


class DeskTarget(Wire):
    """Where work goes. `skip_if` (CEL) leaves it out; `drop_language`: the detected language doesn't matter here."""

    queue: Slug
    tier: Tier = 1
    require: tuple[Need, ...] = ()
    priority: Priority | None = None
    prefer: Slug | None = None
    skip_if: str | None = None
    drop_language: bool = False


class DeskRule(Wire):
    """The first whose `when` (CEL over contact, customer, triage, time) holds; `key` stays when the order changes."""

    key: Slug
    when: str
    targets: tuple[DeskTarget, ...] = Field(min_length=1)


class DeskTier(Wire):
    """`served_by`: which agents' tiers may take its work; its own unless said otherwise."""

    tier: Tier
    name: ShortText = ""
    served_by: tuple[Tier, ...] = ()


class DeskAgent(AgentProfile):
    id: Slug
    skills: dict[str, Level] = Field(default_factory=dict)
    languages: dict[str, Level] = Field(default_factory=dict)
    capacity: int = Field(default=100, ge=1, le=1_000)


class SlaTarget(Wire):
    metric: str
    tier: int = 1
    within: Duration
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
    do: Literal["move-up", "raise-priority", "alert", "tell-customer", "webhook"]
    to_tier: int | None = None
    by: int | None = None
    recipients: tuple[str, ...] = ()


class NoticePolicy(Wire):
    kind: Slug
    enabled: bool = True
    delay: Duration = timedelta()
    window: str | None = None
    open_case: str = "skip"
    template: str | None = None


class Publisher(Wire):
    source: str
    entry_points: tuple[Slug, ...] = ()
    acts_for_agents: bool = False


class DeskLife(Wire):
    """`misses_to_away`: so many lapsed offers in a row put an agent away."""

    reopen_window: Duration = timedelta(days=7)
    thread_window: Duration = timedelta(days=3)
    lease: Duration = timedelta(seconds=60)
    grace: Duration = timedelta(seconds=30)
    misses_to_away: int = Field(default=3, ge=1)
    prefer_for: Duration = timedelta(minutes=10)
    reopen_boost: Priority = 10
    vip_boost: Priority = 10
    top_tier_boost: Priority = 20


class DeskSections(Wire):
    """Everything but who works there. `calendar` names the one that `time.open` follows."""

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
    calendar: Slug | None = None
    channels: dict[Channel, DeskChannel] = Field(default_factory=dict)
    rules: tuple[DeskRule, ...] = ()
    default: tuple[DeskTarget, ...] = ()
    tiers: tuple[DeskTier, ...] = ()
    teams: tuple[Slug, ...] = ()


class DeskApplied(DeskSections, Message):
    type_name: ClassVar[str] = "desk.applied"
    version: int


class DeskFile(DeskSections):
    """The file as people write it. With `agents` the roster stands here, without it comes by events."""

    desk: Slug
    entry_points: tuple[DeskEntryPoint, ...]
    queues: tuple[DeskQueue, ...] = Field(min_length=1)
    default: tuple[DeskTarget, ...] = Field(min_length=1)
    tiers: tuple[DeskTier, ...] = (DeskTier(tier=1),)
    agents: tuple[DeskAgent, ...] | None = Field(default=None, max_length=200)
