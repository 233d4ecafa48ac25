"""What are things called inside the router? Ids as distinct types, and who acts."""

from dataclasses import dataclass
from typing import Final, NewType
from uuid import UUID

AgentId = NewType("AgentId", str)
QueueName = NewType("QueueName", str)
Channel = NewType("Channel", str)
WorkItemId = NewType("WorkItemId", UUID)
ConversationId = NewType("ConversationId", UUID)
CustomerId = NewType("CustomerId", UUID)
OfferId = NewType("OfferId", UUID)
AssignmentId = NewType("AssignmentId", UUID)


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is one of agent, supervisor, operator, customer, bot, system."""

    kind: str
    id: str

    @property
    def speaks_for_itself(self) -> bool:
        """Whether it may only touch what it holds."""
        return self.kind in {"agent", "bot"}


ROUTER: Final = Actor("system", "router")


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A skill (or language) and the least level of it that will do."""

    skill: str
    level: int = 1

    def __str__(self) -> str:
        return self.skill if self.level == 1 else f"{self.skill}:{self.level}"
