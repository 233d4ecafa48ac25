"""Who can work, on what, and how much of them is taken? Pure account of presence and load."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bellhop_router.domain.names import AgentId, Channel, Need, WorkItemId
from bellhop_router.domain.policy import DeskPolicy


class Presence(StrEnum):
    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Profile:
    """Languages are skills too; a name in both counts with its higher level."""

    id: AgentId
    display_name: str
    public_name: Mapping[str, str] = field(default_factory=dict)
    team: str | None = None
    tier: int = 1
    skills: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    capacity: int = 100
    email: str | None = None
    chat: str | None = None
    phone: str | None = None

    def has(self, need: Need) -> bool:
        return max(self.skills.get(need.skill, 0), self.languages.get(need.skill, 0)) >= need.level


@dataclass(frozen=True, slots=True)
class Hold:
    """One item's share of an agent's capacity."""

    item_id: WorkItemId
    channel: Channel
    weight: int


@dataclass(frozen=True, slots=True)
class Agent:
    """`turns` says when the agent last took or ended work of a channel; `version` counts published states."""

    profile: Profile
    presence: Presence = Presence.OFFLINE
    reason: str | None = None
    since: datetime | None = None
    lease_until: datetime | None = None
    lease_seconds: float = 60.0
    holds: tuple[Hold, ...] = ()
    turns: Mapping[Channel, datetime] = field(default_factory=dict)
    misses: int = 0
    version: int = 0

    @property
    def id(self) -> AgentId:
        return self.profile.id

    @property
    def used(self) -> int:
        return sum(hold.weight for hold in self.holds)

    @property
    def spare(self) -> int:
        return self.profile.capacity - self.used

    @property
    def occupancy(self) -> float:
        return self.used / self.profile.capacity if self.profile.capacity else 1.0

    def count(self, channel: Channel) -> int:
        return sum(1 for hold in self.holds if hold.channel == channel)

    def idle_since(self, channel: Channel) -> datetime | None:
        """When the agent last took or ended work of this channel, or came."""
        return max((at for at in (self.turns.get(channel), self.since) if at is not None), default=None)

    def has_room(self, policy: DeskPolicy, channel: Channel, weight: int | None = None) -> bool:
        rules = policy.channel(channel)
        needed = rules.weight if weight is None else weight
        return self.spare >= needed and (rules.cap is None or self.count(channel) < rules.cap)

    def taking(self, hold: Hold, now: datetime) -> "Agent":
        return replace(self, holds=(*self.holds, hold), turns={**self.turns, hold.channel: now})

    def freeing(self, hold: Hold, now: datetime) -> "Agent":
        rest = tuple(each for each in self.holds if each.item_id != hold.item_id)
        return replace(self, holds=rest, turns={**self.turns, hold.channel: now})

    def hold_of(self, item_id: WorkItemId) -> Hold | None:
        return next((hold for hold in self.holds if hold.item_id == item_id), None)
