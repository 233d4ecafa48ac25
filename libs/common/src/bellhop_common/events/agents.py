"""What is known of an agent and a queue now? Compacted state records, whole each time."""

from typing import ClassVar

from pydantic import Field

from bellhop_common.events.commands import AgentProfile, Presence
from bellhop_common.events.wire import Channel, Instant, Message, ShortText, Slug


class AgentState(Message, AgentProfile):
    """`desk_seq` in the stamp lets presence and skills at a decision be looked up later."""

    type_name: ClassVar[str] = "agent.state"
    version: int
    agent_id: Slug
    presence: Presence
    reason: ShortText | None = None
    since: Instant
    used: int
    spare: int
    per_channel: dict[Channel, int] = Field(default_factory=dict)
    lease_until: Instant | None = None


class QueueState(Message):
    type_name: ClassVar[str] = "queue.state"
    version: int
    queue: Slug
    waiting: int
    oldest_at: Instant | None = None
    expected_wait: float | None = None
