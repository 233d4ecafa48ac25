"""Under which rules does this desk route? The desk file as the core sees it, one value per version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bellhop_router.domain.names import AgentId, Channel, Need, QueueName
from bellhop_router.domain.opening import Calendar


class Strategy(StrEnum):
    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"


class Mode(StrEnum):
    """`ASSIGN` hands work over without asking; `OFFER` asks first."""

    OFFER = "offer"
    ASSIGN = "assign"


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """`cap` is how many of this channel one agent holds at once; a live channel can't wait for an agent to return."""

    weight: int
    cap: int | None = None
    mode: Mode = Mode.OFFER
    offer_timeout: timedelta = timedelta(seconds=120)
    wrap_up: timedelta = timedelta()
    live: bool = False
    call_back: bool = False


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """`ageing` is points a minute, above 0: nothing waits for ever behind higher priorities. No teams: all."""

    name: QueueName
    priority: int = 50
    strategy: Strategy = Strategy.LONGEST_IDLE
    ageing: float = 1.0
    max_offers: int = 5
    decline_memory: timedelta = timedelta(minutes=10)
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    queue: QueueName
    tier: int = 1
    require: tuple[Need, ...] = ()
    priority: int | None = None
    prefer: AgentId | None = None
    skip_if: str | None = None
    drop_language: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    key: str
    when: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """What one cause leads to; `do` is `move-up` or `raise-priority`, anything else is for other services."""

    cause: str
    do: str
    tier: int | None = None
    to_tier: int | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """`misses_to_away`: so many lapsed offers in a row put an agent away."""

    lease: timedelta = timedelta(seconds=60)
    grace: timedelta = timedelta(seconds=30)
    misses_to_away: int = 3
    prefer_for: timedelta = timedelta(minutes=10)
    reopen_boost: int = 10
    vip_boost: int = 10
    top_tier_boost: int = 20


@dataclass(frozen=True, slots=True)
class DeskPolicy:
    """`source` is the validated file as JSON, from which the same value is made again.

    `tiers` says for each tier which agents' tiers serve it. `acting_sources` may act for agents over topics.
    """

    desk: str
    version: int
    channels: Mapping[str, ChannelPolicy]
    queues: Mapping[str, QueuePolicy]
    rules: tuple[Rule, ...]
    default: tuple[Target, ...]
    tiers: Mapping[int, frozenset[int]]
    time_zone: str = "UTC"
    calendar: Calendar | None = None
    escalation: tuple[EscalationStep, ...] = ()
    life: Life = field(default_factory=Life)
    acting_sources: frozenset[str] = frozenset()
    roster_in_file: bool = True
    source: str = "{}"

    @property
    def top_tier(self) -> int:
        return max(self.tiers)

    @property
    def strategies(self) -> frozenset[Strategy]:
        return frozenset(queue.strategy for queue in self.queues.values())

    def channel(self, channel: Channel) -> ChannelPolicy:
        """Work on a channel that a later file dropped is still finished, at a small weight."""
        return self.channels.get(channel) or ChannelPolicy(weight=10)

    def queue(self, name: QueueName) -> QueuePolicy:
        return self.queues.get(name) or QueuePolicy(name)

    def rule_targets(self, key: str) -> tuple[Target, ...]:
        return next((rule.targets for rule in self.rules if rule.key == key), self.default)

    def next_tier(self, tier: int) -> int | None:
        return min((each for each in self.tiers if each > tier), default=None)
